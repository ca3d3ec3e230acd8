import { type Static, Type } from '@sinclair/typebox';
import { ExternalId } from './ids.ts';

/** `download`: the inputs come in from the data store once more. `upload`: the outputs go out to it. */
export const TransferType = Type.Union([Type.Literal('download'), Type.Literal('upload')]);
export type TransferType = Static<typeof TransferType>;

const TransferState = Type.Union([
  /** Asked for; it has not begun. It becomes `running`, or `failed` when it has not begun within a minute. */
  Type.Literal('requested'),
  Type.Literal('running'),
  /** Everything was transferred. The only state from which one may conclude that. */
  Type.Literal('completed'),
  /** It ended without success, or never began, or took longer than a day. Another request starts another transfer. */
  Type.Literal('failed'),
  /** Nobody knows any more how it went: its program was restarted meanwhile. Another request starts another transfer. */
  Type.Literal('lost'),
]);

/**
 * How a transfer stands: the answer to `POST` and `GET .../file-transfers/{type}`. After `completed`, `failed` and `lost` nothing more comes; once the
 * program is restarted, all that can be told of a transfer is `lost`.
 */
export const FileTransfer = Type.Object(
  {
    external_id: ExternalId,
    type: TransferType,
    /** The transfer's own name. Absent where nothing needs to be transferred, and for the moment until it has got one. */
    uuid: Type.Optional(Type.String()),
    status: TransferState,
    /** RFC 3339. */
    started_at: Type.Optional(Type.String()),
    /** RFC 3339; when it reached its final state. */
    completed_at: Type.Optional(Type.String()),
    /** One sentence for a person. */
    message: Type.Optional(Type.String()),
    /** What that person can do. */
    hint: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type FileTransfer = Static<typeof FileTransfer>;

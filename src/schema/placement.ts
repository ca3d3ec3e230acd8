import { type Static, Type } from '@sinclair/typebox';
import { ClusterId } from './ids.ts';

/** How clusters that could take an analysis are ordered. */
export const STRATEGY_NAMES = ['priority', 'least-loaded', 'spread', 'image-affinity'] as const;
export type StrategyName = (typeof STRATEGY_NAMES)[number];

const Amount = Type.Integer({ minimum: 0 });
const amounts = { slots: Amount, cpu_millicores: Amount, memory_bytes: Amount, gpus: Amount };

/** What was asked for, as it was understood. */
const Asked = Type.Object(
  {
    gpus: Amount,
    gpu_models: Type.Array(Type.String()),
    gpu_vendor: Type.Optional(Type.Union([Type.Literal('nvidia'), Type.Literal('amd'), Type.Literal('intel')])),
    cpu_millicores: Type.Optional(Amount),
    memory_bytes: Type.Optional(Amount),
    disk_bytes: Type.Optional(Amount),
    image: Type.Optional(Type.String()),
    cluster_id: Type.Optional(ClusterId),
  },
  { additionalProperties: false },
);

const Explained = Type.Object(
  {
    cluster_id: ClusterId,
    name: Type.String(),
    /** 1 is asked first. Absent: a filter refuses the cluster. */
    rank: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Of the strategy; the highest is asked first. */
    score: Type.Number(),
    /** Why it has this score. */
    why: Type.String(),
    /** What runs there, with what is being removed. */
    used: Type.Object(amounts, { additionalProperties: false }),
    /** What the profile says that it holds; what is absent has no end. */
    capacity: Type.Partial(Type.Object(amounts), { additionalProperties: false }),
    filters: Type.Array(
      Type.Object(
        {
          filter: Type.String(),
          passes: Type.Boolean(),
          /** A clause that follows "cluster x". */
          reason: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** The answer to `GET /api/v1/placements/explain`: where an analysis would go, and why not elsewhere. */
export const PlacementExplanation = Type.Object(
  { strategy: Type.Union(STRATEGY_NAMES.map((name) => Type.Literal(name))), request: Asked, clusters: Type.Array(Explained) },
  { additionalProperties: false },
);
export type PlacementExplanation = Static<typeof PlacementExplanation>;

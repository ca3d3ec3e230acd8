import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { ClusterProfile } from './cluster-profile.ts';
import { ClusterId } from './ids.ts';

const fields = {
  name: Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^(?!.*PRIVATE KEY)[^\\u0000-\\u001f\\u007f]*$',
    errorMessage: 'must be a name of 1 to 255 characters on one line',
  }),
  deployer_url: Type.String({
    maxLength: 512,
    pattern: '^https?://[^\\s/?#@]+(/[^\\s?#]*)?$',
    errorMessage: 'must be an http or https URL without user, query and fragment, such as https://deployer.example.org:8443',
  }),
  enabled: Type.Boolean(),
  priority: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
};

/** A chain or a bundle; more is none. */
const pem = (what: string, pattern = '-----BEGIN ') => Type.String({ maxLength: 65_536, pattern, errorMessage: `must be ${what} in PEM` });

/** What is stored as it is must not hold a key besides, as files do that are made for web servers. */
const publicPem = (what: string) => pem(`${what}, and no private key,`, '^(?![^]*PRIVATE KEY-----)[^]*-----BEGIN ');

const certificates = {
  /** Authorities of the deployer's certificate, PEM. Absent: those that the system trusts. */
  ca_cert: publicPem('certificates'),
  /** The certificate that the coordinator shows to the deployer, with its chain, PEM. */
  client_cert: publicPem('a certificate'),
  /** Its private key, PEM. It is stored encrypted, and never shown. */
  client_key: pem('a private key'),
  /** Instead of the key: the name of a folder below the coordinator's `--cluster-tls-dir`, with `tls.key`, and `tls.crt` and `ca.crt` where they are not given here. */
  client_key_ref: Type.String({
    pattern: '^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$',
    errorMessage: 'must be the name of a folder: lower case letters, digits, "-" and "."',
  }),
};

/** The body of `POST /api/v1/clusters`. */
export const NewCluster = Type.Object(
  {
    name: fields.name,
    deployer_url: fields.deployer_url,
    /** @default true */
    enabled: Type.Optional(fields.enabled),
    /** Lower is asked first. @default 100 */
    priority: Type.Optional(fields.priority),
    /** What the coordinator must know of the cluster to build right. @default {} */
    profile: Type.Optional(ClusterProfile),
    /** The coordinator shows a certificate. @default true when a client certificate, key or reference is given, else false */
    mtls_enabled: Type.Optional(Type.Boolean()),
    ca_cert: Type.Optional(certificates.ca_cert),
    client_cert: Type.Optional(certificates.client_cert),
    client_key: Type.Optional(certificates.client_key),
    client_key_ref: Type.Optional(certificates.client_key_ref),
  },
  { additionalProperties: false },
);
export type NewCluster = Static<typeof NewCluster>;

const orNone = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));

/** The body of `PUT /api/v1/clusters/{id}`: what is not in it stays as it is, and null takes it away. */
export const ClusterChange = Type.Object(
  {
    ...Type.Partial(Type.Object({ ...fields, mtls_enabled: Type.Boolean(), profile: ClusterProfile })).properties,
    ca_cert: orNone(certificates.ca_cert),
    client_cert: orNone(certificates.client_cert),
    client_key: orNone(certificates.client_key),
    client_key_ref: orNone(certificates.client_key_ref),
  },
  { additionalProperties: false },
);
export type ClusterChange = Static<typeof ClusterChange>;

/** What is told of a certificate. */
const CertificateFacts = Type.Object(
  {
    subject: Type.String(),
    issuer: Type.String(),
    names: Type.Array(Type.String()),
    not_before: Type.String(),
    not_after: Type.String(),
    /** SHA-256. */
    fingerprint: Type.String(),
    /** Negative when it has expired. */
    days_left: Type.Integer(),
  },
  { additionalProperties: false },
);
export type CertificateFacts = Static<typeof CertificateFacts>;

const ClusterState = Type.Union([
  Type.Literal('registered'),
  Type.Literal('healthy'),
  Type.Literal('degraded'),
  Type.Literal('unreachable'),
  Type.Literal('auth_failed'),
  Type.Literal('disabled'),
  Type.Literal('draining'),
]);
export type ClusterState = Static<typeof ClusterState>;

/** A cluster as the API shows it. Key material is never part of it. */
export const Cluster = Type.Object(
  {
    id: ClusterId,
    ...fields,
    mtls_enabled: Type.Boolean(),
    profile: ClusterProfile,
    status: ClusterState,
    /** Why it is unreachable, or whose certificate is refused and why. */
    status_reason: Type.Optional(Type.String()),
    /** How its deployer was found when it was last asked, also while the cluster is disabled. Absent until then. */
    connection: Type.Optional(
      Type.Object(
        {
          state: Type.Union([Type.Literal('healthy'), Type.Literal('unreachable'), Type.Literal('auth_failed')]),
          reason: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
    ),
    /** What its deployer said of itself when it last answered. */
    deployer: Type.Optional(
      Type.Object(
        {
          version: Type.String(),
          /** How far its clock is ahead of the coordinator's at least, in milliseconds; negative when it is behind. More than 5 s is warned of in the log. */
          clock_skew_ms: Type.Integer(),
        },
        { additionalProperties: false },
      ),
    ),
    /** RFC 3339. Absent until the first check. */
    last_health_check: Type.Optional(Type.String()),
    /** Authorities of the deployer's certificate. */
    ca_certificates: Type.Optional(Type.Array(CertificateFacts)),
    /** What the coordinator shows. */
    client_certificate: Type.Optional(CertificateFacts),
    /**
     * So many analyses of it, or of a cluster that was deleted and had the same `deployer_url`, were forgotten and may still be there: their removal is due.
     * Only where one cluster is asked for, and the database answers.
     */
    tombstones: Type.Optional(Type.Integer({ minimum: 0 })),
    created_at: Type.String(),
    updated_at: Type.String(),
  },
  { additionalProperties: false },
);
export type Cluster = Static<typeof Cluster>;

/** The body of `POST /api/v1/clusters/{id}/forget`. */
export const ForgetCluster = Type.Object(
  {
    /** The name of the cluster. */
    confirm: Type.String({ errorMessage: 'must be the name of the cluster: all that runs there is given up' }),
  },
  { additionalProperties: false },
);

/** The answer to it. */
export const ForgottenCluster = Type.Object(
  {
    cluster: Cluster,
    /** So many ended there. */
    analyses: Type.Integer({ minimum: 0 }),
  },
  { additionalProperties: false },
);
export type ForgottenCluster = Static<typeof ForgottenCluster>;

/** The answer to `GET /api/v1/clusters`. */
export const ClusterList = Type.Object({ clusters: Type.Array(Cluster) }, { additionalProperties: false });
export type ClusterList = Static<typeof ClusterList>;

import { type Static, Type } from '@sinclair/typebox';
import { ImageName } from './kubernetes-names.ts';

const Text = Type.String();
const Flag = Type.Boolean();
const Whole = Type.Integer();

/** More cores than any machine has: a larger number is a mistake of the sender, and said to be one. */
const MOST_CORES = 100_000;
const MOST_GPUS = 1000;
/** `runAsUser` is a signed 32-bit number: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#security-context */
const MOST_UID = 2_147_483_647;

const Cores = Type.Number({ minimum: 0, maximum: MOST_CORES, errorMessage: `must be a number of CPU cores from 0 to ${MOST_CORES}` });
const Gpus = Type.Integer({ minimum: 0, maximum: MOST_GPUS, errorMessage: `must be a whole number of GPUs from 0 to ${MOST_GPUS}` });
const Bytes = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  errorMessage: `must be a whole number of bytes from 0 to ${Number.MAX_SAFE_INTEGER}`,
});

const ContainerImage = Type.Object({
  name: ImageName,
  /** Grammar of the OCI distribution specification, section "Pulling manifests". */
  tag: Type.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$', errorMessage: 'must be the tag of an image' }),
  id: Type.Optional(Text),
  url: Type.Optional(Text),
  /** Credentials of the image's registry. Not used: pull secrets are the clusters' own. */
  auth: Type.Optional(Text),
  osg_image_path: Type.Optional(Text),
});

const Port = Type.Object({
  container_port: Type.Integer({ minimum: 1, maximum: 65_535, errorMessage: 'must be a port from 1 to 65535' }),
  host_port: Type.Optional(Whole),
  bind_to_host: Type.Optional(Flag),
});

const Device = Type.Object({
  /** `/dev/shm...` asks for shared memory, `/dev/nvidia...` for a GPU, both in any letter case; all others are ignored. */
  host_path: Type.Optional(Text),
  /** Of `/dev/shm`: the size, as a Kubernetes quantity. */
  container_path: Type.Optional(Text),
  cgroup_permissions: Type.Optional(Text),
});

const Volume = Type.Object({ host_path: Type.Optional(Text), container_path: Type.Optional(Text) });

const VolumesFrom = Type.Object({
  tag: Type.Optional(Text),
  name: Type.Optional(Text),
  name_prefix: Type.Optional(Text),
  url: Type.Optional(Text),
  host_path: Type.Optional(Text),
  container_path: Type.Optional(Text),
  read_only: Type.Optional(Flag),
});

/**
 * The tool's container, as `apps` describes it. What stands below the line of `interactive_apps` is checked for its type, as app-exposer did, and
 * otherwise ignored.
 */
export const Container = Type.Object({
  image: ContainerImage,
  /** Every port is exposed; the first is where the proxy finds the app. */
  ports: Type.Array(Port, { minItems: 1, errorMessage: 'must be a list of at least one port' }),
  /** The user and group that everything in the pod runs as. @default 1000 */
  uid: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MOST_UID,
      errorMessage: `must be a user id from 1 to ${MOST_UID}: nothing runs as root; leave it out for 1000`,
    }),
  ),
  /** Command, one word. Absent or empty: the image's own entry point. */
  entrypoint: Type.Optional(Text),
  /** Where the local volume is mounted. @default /de-app-work */
  working_directory: Type.Optional(Text),
  /** Absent or 0: the default of the configuration. So in the next four. */
  min_cpu_cores: Type.Optional(Cores),
  max_cpu_cores: Type.Optional(Cores),
  min_memory_limit: Type.Optional(Bytes),
  memory_limit: Type.Optional(Bytes),
  /** Ephemeral storage, and the size of the local volume if that is more than 5 GiB. */
  min_disk_space: Type.Optional(Bytes),
  min_gpus: Type.Optional(Gpus),
  max_gpus: Type.Optional(Gpus),
  /** Any of them will do; asked of the nodes where the analysis has a GPU. */
  gpu_models: Type.Optional(Type.Array(Text)),
  container_devices: Type.Optional(Type.Array(Device)),
  interactive_apps: Type.Optional(Type.Object({})),

  id: Type.Optional(Text),
  name: Type.Optional(Text),
  network_mode: Type.Optional(Text),
  cpu_shares: Type.Optional(Whole),
  pids_limit: Type.Optional(Whole),
  skip_tmp_mount: Type.Optional(Flag),
  container_volumes: Type.Optional(Type.Array(Volume)),
  container_volumes_from: Type.Optional(Type.Array(VolumesFrom)),
});
export type Container = Static<typeof Container>;

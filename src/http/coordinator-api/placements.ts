import { type TSchema, Type } from '@sinclair/typebox';
import type { Elysia } from 'elysia';
import type { PlacementRequest } from '../../cluster-selector/cluster-selector.ts';
import { InvalidDocumentError } from '../../errors/errors.ts';
import { type Checked, check, type Fault } from '../../schema/check.ts';
import { ClusterId } from '../../schema/ids.ts';
import { PlacementExplanation } from '../../schema/placement.ts';
import { parseQuantity } from '../../schema/quantity.ts';
import { jsonResponse } from '../plumbing/json-response.ts';
import { describe } from '../plumbing/openapi.ts';
import { readJson } from '../plumbing/read-json.ts';
import { contextOf } from '../plumbing/request-context.ts';

export interface PlacementRoutesDeps {
  readonly placements: { explain(request: PlacementRequest, signal: AbortSignal): Promise<PlacementExplanation> };
  /** What the analysis of a launch body needs of a cluster, or everything that is wrong with the body. */
  readonly demandOf: (document: unknown) => Checked<PlacementRequest>;
  readonly maxBodyBytes: number;
}

const Quantity = Type.String({ errorMessage: 'must be an amount in the notation of Kubernetes, such as 500m or 2Gi' });
const Vendor = Type.Union([Type.Literal('nvidia'), Type.Literal('amd'), Type.Literal('intel')]);

/** What can be asked for. What is not asked for finds room anywhere. */
const query = {
  cpu: { description: 'cores: 2, 500m', schema: Quantity },
  memory: { description: 'bytes: 4Gi', schema: Quantity },
  disk: { description: 'size of the working directory: 50Gi', schema: Quantity },
  gpus: { description: 'how many GPUs', schema: Type.Integer({ minimum: 0, maximum: 1_000_000 }) },
  gpu_model: { description: 'any of these models, separated by commas', schema: Type.String() },
  gpu_vendor: { description: 'whose GPUs', schema: Vendor },
  image: { description: 'name of the image with its tag', schema: Type.String() },
  cluster_id: { description: 'this cluster alone', schema: ClusterId },
};

/** `/api/v1/placements`: what the selector thinks, for whoever wonders why an analysis is where it is, or nowhere. */
export function placementRoutes(app: Elysia, { placements, demandOf, maxBodyBytes }: PlacementRoutesDeps): Elysia {
  app.get(
    '/api/v1/placements/explain',
    async ({ request }) => {
      const asked = requestIn(new URL(request.url).searchParams);
      return jsonResponse(200, await placements.explain(asked, contextOf(request).signal));
    },
    describe({
      summary: 'Where an analysis would go now, and why not elsewhere',
      description: 'For each cluster the verdict of every filter, what runs there, and its score. Nothing is reserved.',
      tags: ['placements'],
      query,
      answers: { 200: ['the clusters in the order in which they would be asked, then those that are refused', PlacementExplanation] },
      problems: [400, 503],
    }),
  );
  app.post(
    '/api/v1/placements/explain',
    async ({ request }) => {
      const demand = demandOf(await readJson(request, { maxBytes: maxBodyBytes }));
      if (!demand.ok) throw new InvalidDocumentError('the analysis cannot be launched', { faults: demand.faults });
      return jsonResponse(200, await placements.explain(demand.value, contextOf(request).signal));
    },
    describe({
      summary: 'Where the analysis of this launch body would go now, and why not elsewhere',
      description: 'The body is that of `POST /vice/launch`. Nothing is launched or reserved, and no quota is looked at.',
      tags: ['placements'],
      body: Type.Object({}, { description: "The Discovery Environment's description of the analysis", additionalProperties: true }),
      answers: { 200: ['as with GET', PlacementExplanation] },
      problems: [400, 413, 415, 503],
    }),
  );
  return app;
}

const NANO = 1_000_000_000n;

/** @throws InvalidDocumentError with every fault */
function requestIn(parameters: URLSearchParams): PlacementRequest {
  const faults: Fault[] = [...parameters.keys()]
    .filter((name) => !(name in query))
    .map((path) => ({ path, message: 'is no parameter of this route' }));
  const read = <T>(name: keyof typeof query, as: (text: string) => T | undefined, message: string): T | undefined => {
    const text = parameters.get(name);
    if (text === null || text === '') return undefined;
    const value = as(text);
    if (value === undefined) faults.push({ path: name, message });
    return value;
  };
  const amount = (name: 'cpu' | 'memory' | 'disk', unit: bigint) => read(name, (text) => wholeOf(text, unit), String(Quantity['errorMessage']));
  const cpu = amount('cpu', NANO / 1000n);
  const memory = amount('memory', NANO);
  const disk = amount('disk', NANO);
  const gpus = read('gpus', (text) => valid<number>(query.gpus.schema, /^\d+$/.test(text) ? Number(text) : text), 'must be a whole number');
  const vendor = read('gpu_vendor', (text) => valid<'nvidia' | 'amd' | 'intel'>(Vendor, text), 'must be nvidia, amd or intel');
  const cluster = read('cluster_id', (text) => valid<ClusterId>(ClusterId, text.toLowerCase()), 'must be a UUID');
  if (faults.length > 0) throw new InvalidDocumentError('a parameter of the request is faulty', { faults });
  const image = parameters.get('image');
  return {
    gpus: gpus ?? 0,
    gpu_models: parameters.getAll('gpu_model').flatMap((models) => models.split(',').filter((model) => model !== '')),
    ...(vendor !== undefined && { gpu_vendor: vendor }),
    ...(cpu !== undefined && { cpu_millicores: cpu }),
    ...(memory !== undefined && { memory_bytes: memory }),
    ...(disk !== undefined && { disk_bytes: disk }),
    ...(image !== null && { image }),
    ...(cluster !== undefined && { cluster_id: cluster }),
  };
}

/** Rounded down. Undefined for what is no amount, or one that nobody has. */
function wholeOf(text: string, unit: bigint): number | undefined {
  const quantity = parseQuantity(text);
  const whole = quantity && quantity.nano / unit;
  return whole === undefined || whole < 0n || whole > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(whole);
}

function valid<T>(schema: TSchema, value: unknown): T | undefined {
  const checked = check(schema, value);
  // The schema is the one of T.
  return checked.ok ? (checked.value as T) : undefined;
}

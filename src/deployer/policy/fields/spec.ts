import { list } from '../shape.ts';
import { configMap } from './config-map.ts';
import { budget, deployment } from './deployment.ts';
import { ingress, service } from './network.ts';
import { httpRoute } from './route.ts';
import { claim, persistentVolume } from './storage.ts';

/** Every object of a spec, by the member that holds it. */
export const objects = {
  deployment,
  service,
  ingress,
  http_route: httpRoute,
  config_maps: list('spec.objects', configMap),
  persistent_volumes: list('spec.objects', persistentVolume),
  persistent_volume_claims: list('spec.objects', claim),
  pod_disruption_budget: budget,
} as const;

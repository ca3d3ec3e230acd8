import { createDeployerClient, type DeployerClient } from '../adapters/deployer-client/deployer-client.ts';

/** One client for each address, kept as long as the process: what it knows of the deployer's life outlasts every change of the cluster's row. */
export function deployersByUrl(): (url: string) => DeployerClient {
  const clients = new Map<string, DeployerClient>();
  return (url) => {
    const known = clients.get(url);
    if (known) return known;
    const client = createDeployerClient(url);
    clients.set(url, client);
    return client;
  };
}

import { parse } from 'yaml';
import { loadSpecConfig } from '../config/commands.ts';
import { ConfigurationError, InvalidDocumentError } from '../errors/errors.ts';
import { check } from '../schema/check.ts';
import { ClusterProfile } from '../schema/cluster-profile.ts';
import { buildDeploymentSpec } from '../spec-builder/build.ts';
import { checkAnalysis } from '../spec-builder/faults.ts';
import { noticesOf } from '../spec-builder/notices.ts';
import { resolveProfile } from '../spec-builder/settings.ts';
import { readText } from './connect.ts';
import { yamlOf } from './output/print.ts';
import { documentName, readDocument } from './read-document.ts';

/**
 * `vice spec FILE|-`: prints the `ViceDeploymentSpec` that a launch of this body would send to the deployer of a cluster with this profile. It asks
 * nobody. What is wrong with the document is thrown as InvalidDocumentError (exit code 1), with flags, configuration or profile as
 * ConfigurationError (exit code 2). What the analysis asks for and does not get goes to standard error.
 */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const config = loadSpecConfig(argv, env);
  const profile = resolveProfile(config.spec, config.profile === undefined ? {} : readProfile(config.profile));
  const analysis = checkAnalysis(await analysisIn(config.document), profile);
  if (!analysis.ok) throw new InvalidDocumentError('the analysis cannot be launched', { faults: analysis.faults });
  for (const { path, message } of noticesOf(analysis.value)) process.stderr.write(`vice: note: ${path} ${message}\n`);
  const spec = buildDeploymentSpec(analysis.value, profile, config.loginIp);
  process.stdout.write(config.output === 'yaml' ? yamlOf(spec) : `${JSON.stringify(spec, null, 2)}\n`);
  return 0;
}

function readProfile(path: string): ClusterProfile {
  const profile = check(ClusterProfile, parsedProfile(path));
  if (profile.ok) return profile.value;
  throw new ConfigurationError(`${path} is no profile of a cluster`, { faults: profile.faults });
}

/** JSON is YAML too. */
function parsedProfile(path: string): unknown {
  const text = readText('--profile', path);
  try {
    return parse(text, { prettyErrors: false });
  } catch (err) {
    throw new ConfigurationError(`the profile ${path} is not YAML`, { cause: err });
  }
}

/** Undefined where there is nothing at all, which is a fault like any other. */
async function analysisIn(path: string): Promise<unknown> {
  const bytes = await readDocument(path);
  if (bytes.byteLength === 0) return undefined;
  try {
    const document: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return document;
  } catch (err) {
    throw new InvalidDocumentError(`${documentName(path)} is no JSON`, { cause: err });
  }
}

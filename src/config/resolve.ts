import { ConfigurationError } from '../errors/errors.ts';
import type { Fault } from '../schema/check.ts';
import type { Option, Options, ValueOf } from './options/option.ts';
import { type Sources, variableOf } from './sources/sources.ts';

export type Values<O extends Options> = { readonly [K in keyof O]: ValueOf<O[K]> };

/** Reads every option. What is faulty is told in `faults` and stands at its default: nobody may act on the values before `refuseFaults`. */
export function resolve<O extends Options>(options: O, sources: Sources, envPrefix: string, faults: Fault[]): Values<O> {
  const values = Object.fromEntries(Object.entries(options).map(([property, option]) => [property, readOption(option, sources, envPrefix, faults)]));
  // Each property was parsed by the option of its name, whose parser gives its type; where it could not, `faults` ends the matter.
  return values as Values<O>;
}

function readOption(option: Option<unknown>, sources: Sources, envPrefix: string, faults: Fault[]): unknown {
  const given = sources.find(option);
  if (given === undefined) {
    if (option.isRequired) faults.push(missing(option, envPrefix));
    return option.default;
  }
  const parsed = option.parse(given.text);
  if (parsed !== undefined) return parsed.value;
  const shown = option.isSecret ? '' : `, not ${JSON.stringify(withoutUser(given.text).slice(0, 80))}`;
  faults.push({ path: given.origin, message: `must be ${option.mustBe}${shown}` });
  return option.default;
}

/** What stands before the host of a URL is a name and a password. */
function withoutUser(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//***@');
}

function missing(option: Option<unknown>, envPrefix: string): Fault {
  const flag = option.flag === undefined ? '' : `--${option.flag}, `;
  return {
    path: option.key,
    message: `is required: ${flag}${option.key} in the configuration file, or ${variableOf(envPrefix, option.key)} in the environment`,
  };
}

/** @throws ConfigurationError with all faults at once */
export function refuseFaults(faults: readonly Fault[], what = 'the configuration'): void {
  if (faults.length === 0) return;
  throw new ConfigurationError(faults.length === 1 ? `${what} has a fault` : `${what} has ${faults.length} faults`, { faults });
}

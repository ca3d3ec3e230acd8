import type { Analysis } from '../schema/analysis.ts';
import { INTERACTIVE, LABEL } from '../schema/label-keys.ts';
import { isLabelValue } from '../schema/text.ts';
import { labelForm } from './label-form.ts';
import { subdomainOf } from './subdomain.ts';

export type Labels = Readonly<Record<string, string>>;

/**
 * The labels of every object of an analysis, and of its pod. `loginIp` is the user's latest login address; one that is no label value, such as an
 * IPv6 address, becomes the empty text.
 */
export function labelsOf(analysis: Analysis, loginIp: string): Labels {
  return {
    [LABEL.externalId]: analysis.uuid,
    [LABEL.appName]: labelForm(analysis.app_name ?? ''),
    [LABEL.appId]: analysis.app_id ?? '',
    [LABEL.username]: labelForm(analysis.username),
    [LABEL.userId]: analysis.user_id,
    [LABEL.analysisName]: labelForm(beginning(analysis.name)),
    [LABEL.appType]: INTERACTIVE,
    [LABEL.subdomain]: subdomainOf(analysis.user_id, analysis.uuid),
    [LABEL.loginIp]: isLabelValue(loginIp) ? loginIp : '',
  };
}

/** What a selector needs to find the pod of one analysis, and nothing else. */
export function selectorOf(analysis: Analysis): { matchLabels: Labels } {
  return { matchLabels: { [LABEL.externalId]: analysis.uuid } };
}

/**
 * As many characters as a label can hold. The label form shortens by whole words, so a long name without this would lose all that follows its last
 * hyphen among them.
 */
function beginning(name: string): string {
  return Array.from(name).slice(0, 63).join('');
}

import { migrateReads, specReads } from './commands.ts';
import { conformanceReads } from './conformance-command.ts';
import { coordinatorReads } from './coordinator.ts';
import { lambdaReads, standaloneReads } from './deployer.ts';
import { doctorOptions } from './doctor-command.ts';
import { keysReads } from './keys-command.ts';
import type { IgnoredFlag } from './options/ignored-flags.ts';
import type { Options } from './options/option.ts';
import { sourceOptions } from './options/source-options.ts';
import { policyReads } from './policy-command.ts';

/** A mode or a command, as help and reference tell of it. */
export interface Topic {
  readonly name: string;
  readonly usage: string;
  /** A clause for the list of all topics. */
  readonly summary: string;
  readonly description: string;
  readonly options: Options;
  readonly ignored: readonly IgnoredFlag[];
  readonly examples: readonly (readonly [does: string, command: string])[];
}

export const modes: readonly Topic[] = [
  {
    name: 'coordinator',
    usage: 'vice --mode=coordinator [FLAG ...]',
    summary: 'takes launches, picks a cluster, remembers where each analysis lives',
    description: 'Runs once beside the Discovery Environment, in as many replicas as wanted. Needs its PostgreSQL; never talks to Kubernetes.',
    options: { ...coordinatorReads.options, ...sourceOptions },
    ignored: coordinatorReads.ignored,
    examples: [
      ['as a manifest of app-exposer starts it', 'vice --mode=coordinator --config /etc/cyverse/de/configs/service.yml --log-level info'],
      ['from the environment alone', 'DISCOENV_DB_URI=postgresql://de:…@db/de DISCOENV_IRODS_ZONE=cyverse vice --mode=coordinator'],
    ],
  },
  {
    name: 'standalone',
    usage: 'vice --mode=standalone [FLAG ...]',
    summary: 'the deployer of one cluster, as a service',
    description: 'Runs in or near each cluster. Applies, observes and removes what the coordinator sends; keeps nothing.',
    options: { ...standaloneReads.options, ...sourceOptions },
    ignored: [],
    examples: [
      ['in a pod, with its own account', 'vice --mode=standalone'],
      ['against another cluster', 'vice --mode=standalone --kubeconfig ~/.kube/config --vice-namespace vice-apps --port 8080'],
      ['reached from outside', 'vice --mode=standalone --mtls --tls-cert tls.crt --tls-key tls.key --client-ca ca.crt'],
    ],
  },
  {
    name: 'lambda',
    usage: 'vice --mode=lambda [FLAG ...]',
    summary: 'the same deployer, as an AWS Lambda function behind API Gateway',
    description: 'Speaks the Lambda Runtime API; this is also what runs without --mode where AWS_LAMBDA_RUNTIME_API is set.',
    options: { ...lambdaReads.options, ...sourceOptions },
    ignored: [],
    examples: [['as the bootstrap of a function', 'VICE_KUBECONFIG="$(cat kubeconfig)" vice --mode=lambda']],
  },
];

export const commands: readonly Topic[] = [
  {
    name: 'spec',
    usage: 'vice spec FILE|- [FLAG ...]',
    summary: 'print what a launch of this body would send to a cluster',
    description:
      'Reads the body of a launch and prints the deployment spec, without network and database. Takes the flags and keys of the coordinator too.',
    options: { ...specReads.options, ...sourceOptions },
    ignored: [],
    examples: [
      ['with the configuration of the coordinator', 'vice spec launch.json --config service.yml -o yaml'],
      ['for one cluster, from a pipe', 'curl -s … | vice spec - --profile cluster.yml --config service.yml'],
    ],
  },
  {
    name: 'migrate',
    usage: 'vice migrate [FLAG ...]',
    summary: 'bring the tables of the database up to date, and end',
    description:
      'Runs the migrations that are missing, under a lock. The coordinator does the same when it starts; this is for doing it as another role, or before.',
    options: { ...migrateReads.options, ...sourceOptions },
    ignored: [],
    examples: [
      ['as the owner of the tables', 'DISCOENV_DB_URI=postgresql://owner:…@db/de vice migrate'],
      ['to see first what it would do', 'vice migrate --config service.yml --dry-run'],
    ],
  },
  {
    name: 'policy',
    usage: 'vice policy check FILE|- | show [FLAG ...]',
    summary: 'what a deployer says of a spec, and the policy by which it does',
    description:
      'check gives the verdict of a deployer with this policy on a deployment spec, without a cluster: exit code 0 accepted, 1 refused, no spec or no such document, 2 flags and the files of policy and configuration. show prints the policy in force, every default filled in. Rules and keys: docs/reference/policy.md.',
    options: { ...policyReads.options, ...sourceOptions },
    ignored: [],
    examples: [
      ['may this launch run in our cluster?', 'vice spec launch.json --config service.yml | vice policy check - --policy policy.yaml'],
      ['a file to begin with', 'vice policy show > policy.yaml'],
    ],
  },
  {
    name: 'keys',
    usage: 'vice keys generate|rotate [FLAG ...]',
    summary: 'make encryption keys, and seal the private keys of clusters anew with another one',
    description:
      'generate prints a line for the file of --keys-file. rotate seals what is in the database with the first key of that file: put the new key on top of the old ones, restart the coordinators, rotate, and then take the old ones away.',
    options: { ...keysReads.options, ...sourceOptions },
    ignored: [],
    examples: [
      ['a first key', 'vice keys generate > keys'],
      ['after a new one was put on top', 'vice keys rotate --config service.yml --keys-file keys'],
    ],
  },
  {
    name: 'conformance',
    usage: 'vice conformance --url URL [FLAG ...]',
    summary: "try a running deployer against the deployer's contract, case by case",
    description:
      'Launches analyses of its own through the deployer, checks every answer, and removes them, also after Ctrl-C. Each case holds, is breached, or is not run and says what it needs. Exit code 1 when one is breached.',
    options: { ...conformanceReads.options, ...sourceOptions },
    ignored: [],
    examples: [
      ['a deployer in the clear', 'vice conformance --url http://vice-deployer.vice-system'],
      [
        'over mutual TLS, and looking at its cluster',
        'vice conformance --url https://deployer.example.org --ca-cert ca.crt --client-cert tls.crt --client-key tls.key --kubeconfig ~/.kube/config',
      ],
      [
        'one behind API Gateway, for a program',
        'vice conformance --url https://id.execute-api.us-east-1.amazonaws.com/prod --only applying,fencing -o json',
      ],
    ],
  },
  {
    name: 'doctor',
    usage: 'vice doctor [--kubeconfig FILE] [FLAG ...]',
    summary: 'look at everything that a coordinator or a deployer needs, and say what to do',
    description:
      'Takes the flags and keys of a coordinator and looks at its configuration, database, migrations, notifications, encryption keys, clusters and certificates. With --kubeconfig or --vice-namespace those of a deployer: kube-apiserver, namespace, rights and TLS. Changes nothing. Exit code 1 when anything is wrong.',
    options: { ...doctorOptions, ...sourceOptions },
    ignored: [],
    examples: [
      ['where the coordinator runs', 'vice doctor --config service.yml'],
      ['a cluster, with the rights of an account', 'vice doctor --kubeconfig deployer.kubeconfig'],
      [
        'in the pod of a deployer, with its own account',
        'kubectl exec -n vice-system deploy/vice-deployer -- vice doctor --vice-namespace vice-apps',
      ],
      ['for a program', 'vice doctor --config service.yml -o json | jq \'.findings[] | select(.outcome != "ok")\''],
    ],
  },
];

/**
 * What Markdown runbooks speak of, as rules and analyzers that know it: bullets, symptoms and escalation conditions are
 * sentences for people, and these are the ones a bundle can answer. A sentence that no subject fits is left to people.
 */
import type { Condition, Question } from './runbook.ts';

export interface Subject {
  readonly says: RegExp;
  readonly findings: readonly string[];
  /** A program that runs when all is well. */
  readonly process: string | null;
  readonly ask: Question;
}

/** What kube-proxy's own log says of its end; restarts are told by others, and go on whatever the reason. */
const OWN_END = 'kube-proxy-crash';
const CRASH = [OWN_END, 'kube-proxy-crash-looping'];
const CONFIG = ['kube-proxy-config-error'];
/** It runs all the same: only when nothing else keeps it from its work is this what is wrong. */
const OTHER_MODE = ['kube-proxy-mode-not-used'];
const API = ['kube-proxy-api-unreachable', 'kube-proxy-api-refused'];
const NO_RULES = ['kube-services-empty', 'chain-not-hooked', 'ipvs-vs-missing'];

/** The first that fits counts. */
const SUBJECTS: readonly Subject[] = [
  {
    says: /API server unreachable/i,
    findings: ['kube-proxy-api-unreachable'],
    process: null,
    ask: { command: 'kubectl get --raw /readyz?verbose', why: 'whether the API server answers' },
  },
  {
    says: /kube-proxy.{0,40}\bAPI\b|\bAPI\b.{0,40}kube-proxy|cannot reach (?:the )?API/i,
    findings: API,
    process: null,
    ask: {
      command: 'kubectl logs -n kube-system -l k8s-app=kube-proxy --tail=500 --prefix',
      why: 'what kube-proxy says of the API server',
    },
  },
  {
    says: /(?:\bno|missing|without|check if|exist|shows?).{0,40}(?:KUBE-SVC|KUBE-SERVICES|service (?:iptables )?rules)|(?:KUBE-SVC|KUBE-SERVICES|service (?:iptables )?rules).{0,40}(?:missing|exist|absent)/i,
    findings: NO_RULES,
    process: null,
    ask: {
      command: 'sudo iptables-save -c > iptables-save.txt; sudo nft list ruleset > nft-ruleset.txt',
      why: 'whether the node has rules of Services',
    },
  },
  {
    says: /kube-proxy.{0,80}(?:running|alive|CrashLoopBackOff|crash)|k8s-app=kube-proxy/i,
    findings: CRASH,
    process: 'kube-proxy',
    ask: {
      command: 'kubectl get pods -n kube-system -l k8s-app=kube-proxy -o wide',
      why: 'whether kube-proxy runs on this node, and how often it was started again',
    },
  },
];

/** @returns what a sentence is about, null when no bundle can answer it. */
export function subjectOf(sentence: string): Subject | null {
  // What an action would bring about is not in what was captured before it.
  if (/\b(?:restart|redeploy|recreat\w+|reboot)\b.{0,60}(?:does not|doesn't|fails to|did not)/i.test(sentence))
    return null;
  return SUBJECTS.find(({ says }) => says.test(sentence)) ?? null;
}

/** One choice of a root cause such as `kube-proxy sync failure — <api_connectivity|crash|config_error>`. */
export interface KnownChoice {
  readonly choice: string;
  readonly when: Condition;
  /** `process`: what the runbook says of a program that does not run is the reason. */
  readonly about: 'process' | null;
}

interface KnownTemplate {
  /** Of the text before the choice. */
  readonly begins: RegExp;
  /** In order: the first whose condition holds is the cause, whatever the order of the runbook. */
  readonly choices: (processSteps: readonly string[]) => readonly KnownChoice[];
}

const byFindings = (any: readonly string[], notBefore: readonly string[] = []): Condition => ({
  by: 'findings',
  any,
  notBefore,
});

const byAnyStep = (foundAny: readonly string[]): Condition => ({ by: 'steps', found: [], foundAny, clear: [] });

/**
 * A configuration that is refused ends kube-proxy at every start: where it is what the last log shows before the exit, the
 * crash is its symptom. Otherwise a kube-proxy that does not run comes before one that cannot reach the API.
 */
const TEMPLATES: readonly KnownTemplate[] = [
  {
    begins: /^kube-proxy sync failure/i,
    choices: (processSteps) => [
      { choice: 'config_error', when: byFindings(CONFIG, [OWN_END]), about: null },
      { choice: 'crash', when: byFindings(CRASH), about: 'process' },
      ...(processSteps.length === 0
        ? []
        : [{ choice: 'crash', when: byAnyStep(processSteps), about: 'process' } as const]),
      { choice: 'api_connectivity', when: byFindings(API), about: null },
      { choice: 'config_error', when: byFindings(OTHER_MODE), about: null },
    ],
  },
];

/**
 * @param before the text of the root cause before its choices.
 * @param processSteps ids of steps that look whether a program runs.
 * @returns when which choice is the cause, null when nothing is known of them.
 */
export function knownChoices(
  before: string,
  choices: readonly string[],
  processSteps: readonly string[],
): readonly KnownChoice[] | null {
  const known = TEMPLATES.find(({ begins }) => begins.test(before))?.choices(processSteps);
  return known?.every(({ choice }) => choices.includes(choice)) === true ? known : null;
}

/**
 * The language of bullets in Markdown runbooks, as their authors write it for an assistant with tools:
 *
 *   - Use `search` tool with instanceId and query=`ipvs|ipvsadm` to check IPVS rules if in IPVS mode
 *   - Use `network_diagnostics` tool with instanceId and sections=iptables,kube_proxy to get iptables rules
 *   - Check node conditions: `kubectl get nodes` (via EKS MCP `list_k8s_resources` kind=Node)
 *   - Recommend fix (operator action): restart kube-proxy or fix connectivity
 *
 * Each becomes something that can be done with a captured case, or something only a person can do.
 */
import { aboutProgram } from '../query/about-program.ts';
import { analysePattern } from '../query/pattern.ts';
import type { Action, Question } from './runbook.ts';
import { type Subject, subjectOf } from './subjects.ts';

export type ReadBullet =
  | { readonly ok: true; readonly action: Action }
  /** `at`: where in the bullet, in UTF-16 units. */
  | { readonly ok: false; readonly at: number; readonly message: string };

/** Lines cited by a search of a Markdown runbook. */
const CITED = 5;

const act = (action: Action): ReadBullet => ({ ok: true, action });

/** @param text of the bullet in Markdown, without those below it. */
export function readBullet(text: string): ReadBullet {
  const command = kubectlIn(text);
  if (command !== null) return act(clusterAction(text, command));
  const tool = toolIn(text);
  if (tool !== null) {
    const known = TOOLS[tool];
    return known === undefined ? act({ do: 'read' }) : known(text);
  }
  const said = SAYINGS.find(({ says }) => says.test(text));
  if (said !== undefined) return act(said.action);
  const subject = subjectOf(text);
  return act(subject === null ? { do: 'read' } : checkOf(subject, subject.ask));
}

/** @returns the name of the tool that a bullet tells to use, null when it names none. */
function toolIn(text: string): string | null {
  const named = /(?:\bUse|\bvia|\bReview|\bRun|\bCall)\s+(?:[\w-]+\s+){0,3}?`([a-z][a-z0-9_]*)`/i.exec(text)?.[1];
  const own = [...text.matchAll(/`([a-z][a-z0-9_]*)`/g)].map(([, name = '']) => name);
  return named ?? own.find((name) => Object.hasOwn(TOOLS, name)) ?? null;
}

const TOOLS: Readonly<Record<string, (text: string) => ReadBullet>> = {
  search: (text) =>
    searchAction(text, 'query', (query) => ({ do: 'look', query, lines: CITED, expects: expects(text) })),
  correlate: (text) => searchAction(text, 'pivotEvent', (query) => ({ do: 'timeline', query: aboutOf(query) })),
  errors: () => act({ do: 'findings' }),
  quick_triage: () => act({ do: 'findings' }),
  network_diagnostics: (text) => act({ do: 'network', sections: sectionsIn(text) }),
  compare_nodes: () => act({ do: 'compare', ask: ALL_NODES }),
  summarize: () => act({ do: 'summary' }),
  validate: () => act({ do: 'completeness' }),
  collect: () => act({ do: 'collected' }),
  batch_collect: () => act({ do: 'collected' }),
  status: () => act({ do: 'collected' }),
  batch_status: () => act({ do: 'collected' }),
  cluster_health: () => act({ do: 'compare', ask: ALL_NODES }),
  list_k8s_resources: (text) => act(clusterAction(text, resourceCommand(text))),
  get_k8s_events: () => ask('kubectl get events -A --sort-by=.lastTimestamp', 'what the cluster reported'),
  get_pod_logs: () => ask('kubectl logs -n NAMESPACE POD --all-containers --previous', 'what the pod wrote'),
};

const ALL_NODES: Question = {
  command: 'kubectl get nodes -o wide; kubectl get pods -A -o wide --field-selector status.phase!=Succeeded',
  why: 'whether other nodes have the same trouble',
};

function ask(command: string, why: string): ReadBullet {
  return act({ do: 'ask', question: { command, why }, unless: [] });
}

const SAYINGS: readonly { readonly says: RegExp; readonly action: Action }[] = [
  { says: /^\W*(?:State|Report|Name|Identify)\b.{0,20}\broot cause/i, action: { do: 'root-cause' } },
  {
    says: /^\W*(?:Recommend|Suggest)\b.{0,60}(?:monitor|alert|long[- ]term|prevent)/i,
    action: { do: 'mitigation', when: 'long-term' },
  },
  { says: /^\W*(?:Recommend|Suggest|Propose)\b/i, action: { do: 'mitigation', when: 'immediate' } },
  { says: /^\W*(?:Include|Attach|Cite|Quote)\b/i, action: { do: 'cited' } },
  { says: /^\W*(?:Confirm|Verify)\b.{0,80}\bafter\b/i, action: { do: 'confirm' } },
];

/** A regular expression in back quotes or quotation marks, or a word. */
function searchAction(text: string, name: string, made: (query: string) => Action): ReadBullet {
  const found = new RegExp(`\\b${name}\\s*[=:]\\s*(?:\`([^\`]*)\`|"([^"]*)"|([^\\s,\`"]+))`).exec(text);
  const pattern = found?.[1] ?? found?.[2] ?? found?.[3] ?? '';
  if (found === null || pattern === '') {
    return { ok: false, at: found?.index ?? 0, message: `this search has no ${name}=` };
  }
  const analysed = analysePattern(pattern, 'any case');
  if (!analysed.ok) {
    const at = found.index + found[0].indexOf(pattern) + analysed.start;
    return { ok: false, at, message: `${name}: ${analysed.message}` };
  }
  return act(made(queryOf(pattern)));
}

/** @returns the regular expression of a runbook as a query of ours: letters in any case, as grep -i takes them. */
export function queryOf(pattern: string): string {
  // Words alone are found by the index.
  if (/^[\w .:/-]+$/.test(pattern) && !pattern.includes('.')) return `"${pattern}"`;
  return `/${pattern.replace(/\\[\s\S]|\//g, (one) => (one === '/' ? '\\/' : one))}/i`;
}

/** A program is meant by its name. */
function aboutOf(query: string): string {
  const [, program] = /^"([\w-]+)"$/.exec(query) ?? [];
  return program === undefined ? query : aboutProgram(program);
}

/** `to check if service chain rules exist`: then a match is what should be. */
function expects(text: string): 'failure' | 'presence' {
  return /\b(?:check|verify|confirm)\b.{0,60}\bexists?\b/i.test(text) ? 'presence' : 'failure';
}

function sectionsIn(text: string): readonly string[] {
  const listed = /\bsections?\s*=\s*[`"]?([\w,-]+)/.exec(text)?.[1];
  if (listed !== undefined) return listed.split(',').filter((name) => name !== '');
  // "Review `network_diagnostics` kube_proxy section", "output for iptables section".
  return [...text.matchAll(/\b([a-z_]+) sections?\b/g)].map(([, name = '']) => name);
}

function kubectlIn(text: string): string | null {
  return /`((?:kubectl|aws|eksctl|helm|sudo|crictl|journalctl|systemctl) [^`]+)`/.exec(text)?.[1] ?? null;
}

function clusterAction(text: string, command: string): Action {
  const why = purposeOf(text);
  const subject = subjectOf(text);
  if (subject !== null) return checkOf(subject, { command, why });
  return { do: 'ask', question: { command, why }, unless: [] };
}

function checkOf({ findings, process }: Subject, question: Question): Action {
  return { do: 'check', findings, atLeast: 'medium', ask: question, process };
}

/** @returns what stands behind the dash, or all of the bullet. */
function purposeOf(text: string): string {
  const plain = text.replace(/[`*]/g, '').replace(/\s+/g, ' ').trim();
  return / [\u2014\u2013-] (.+)$/.exec(plain)?.[1] ?? plain.replace(/\(via .*?\)/, '').trim();
}

/** `clusterName, kind=Pod, namespace=kube-system, labelSelector=k8s-app=kube-proxy` as a command. */
function resourceCommand(text: string): string {
  const value = (name: string): string | null => new RegExp(`\\b${name}=([^\\s,)\`—]+)`).exec(text)?.[1] ?? null;
  const kind = (value('kind') ?? 'pod').toLowerCase();
  const namespace = value('namespace');
  const labels = value('labelSelector') ?? value('label_selector');
  const fields = value('fieldSelector') ?? value('field_selector');
  const where =
    namespace !== null ? ` -n ${namespace}` : /^(?:node|persistentvolume|storageclass)$/.test(kind) ? '' : ' -A';
  return `kubectl get ${kind}s${where}${labels === null ? '' : ` -l ${labels}`}${fields === null ? '' : ` --field-selector ${fields}`} -o wide`;
}

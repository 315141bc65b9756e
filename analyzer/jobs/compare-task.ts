/** What the correlate worker does to hold bundles against each other. */
import { type NodeView, sameCluster } from '../analyzers/service-disagreement.ts';
import { compareSides, type DraftComparison } from '../compare/compare.ts';
import type { DraftDifference, DraftValue } from '../compare/draft.ts';
import type { Judged } from '../compare/findings.ts';
import { ownNames } from '../compare/own-names.ts';
import { notKnown } from '../compare/reading.ts';
import { FACT_GROUPS, readSide, type SideReading } from '../compare/side.ts';
import type { VocabularyReading } from '../compare/vocabulary.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { Comparison, Difference, SideValue, TextComparison } from '../core/comparison.ts';
import { FailureError } from '../core/failure.ts';
import type { BundleId } from '../core/ids.ts';
import type { Evidence, LineRef } from '../core/vocabulary.ts';
import { buildNodeFacts, type NodeFacts } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import type { BundleRef } from './bundle-ref.ts';
import { comparedTexts, differingTexts, readTexts, type TextsRead } from './compare-texts.ts';
import { readVocabulary } from './compare-vocabulary.ts';
import type { TaskContext } from './task.ts';

/** `bundles` in the order of the question. */
export interface CompareTask {
  readonly want: 'compare';
  readonly bundles: readonly BundleRef[];
  readonly affected: readonly BundleId[];
  readonly analysis: Judged;
}

/** The first bundle is the left one, the last the right one; both may be one. */
export interface CompareTextTask {
  readonly want: 'compare-text';
  readonly bundles: readonly BundleRef[];
  readonly left: string;
  readonly right: string;
}

/** Lines cited of one value. */
const EVIDENCE_SHOWN = 3;

/** Facts of one bundle after the other: together they would fill the memory. */
export function runCompare(
  readers: readonly BundleReader[],
  { affected, analysis }: Pick<CompareTask, 'affected' | 'analysis'>,
  context: TaskContext,
): Comparison {
  const clusters = new Clusters();
  const read = readers.map((reader, at) => {
    context.checkCancelled();
    context.report(progress(reader, at, readers.length));
    return readOne(reader, clusters, at, () => context.checkCancelled());
  });
  const texts = differingTexts(read.map((one) => one.texts));
  const draft = compareSides({
    bundles: readers.map(({ bundle }) => bundle),
    given: affected,
    analysis,
    readings: read.map((one) => one.side),
    vocabulary: read.map((one) => one.vocabulary),
    clusters: read.map((one) => one.cluster),
    texts: texts.texts,
    textsNotCompared: texts.notCompared,
  });
  context.checkCancelled();
  return cited(draft, readers);
}

function progress({ bundle }: BundleReader, at: number, count: number) {
  const phase = `facts, bundle ${at + 1} of ${count}`;
  return { phase, bytesDone: at, bytesTotal: count, files: bundle.files, lines: bundle.lines, bytesPerSecond: 0 };
}

interface OneRead {
  readonly side: SideReading;
  readonly vocabulary: VocabularyReading;
  readonly texts: TextsRead;
  readonly cluster: number;
}

/** A bundle that cannot be read is not known, with the reason; the others are compared. */
function readOne(reader: BundleReader, clusters: Clusters, at: number, checkCancelled: () => void): OneRead {
  let facts: NodeFacts;
  try {
    facts = buildNodeFacts(reader);
  } catch (error) {
    if (error instanceof FailureError) throw error;
    return unreadable(error instanceof Error ? error.message : String(error), at);
  }
  const own = ownNames(facts, [reader.bundle.node]);
  return {
    side: readSide({ facts, reader, own }),
    vocabulary: readVocabulary(reader, checkCancelled),
    texts: readTexts(reader, own, checkCancelled),
    cluster: clusters.of(reader, facts) ?? -1 - at,
  };
}

function unreadable(why: string, at: number): OneRead {
  const because = `its facts could not be read: ${why}`;
  return {
    side: {
      groups: new Map(FACT_GROUPS.map(({ id }) => [id, notKnown(because)])),
      services: { services: new Map(), rules: null, notKnown: because },
    },
    vocabulary: { roles: new Map(), logs: new Set(), cut: because },
    texts: { seen: [], left: 0 },
    cluster: -1 - at,
  };
}

/** Tells clusters apart by their Services; keeps those of one node of each. */
class Clusters {
  readonly #first: NodeView[] = [];

  /** @returns the number of the node's cluster; null for a node without Services. */
  of({ bundle }: BundleReader, facts: NodeFacts): number | null {
    const services = nodeServices(facts);
    if (services.length === 0) return null;
    const view: NodeView = { name: bundle.node ?? bundle.name, collectedAt: bundle.collectedAt, services };
    const known = this.#first.findIndex((one) => sameCluster(one, view));
    return known >= 0 ? known : this.#first.push(view) - 1;
  }
}

function cited(draft: DraftComparison, readers: readonly BundleReader[]): Comparison {
  const kept = new Map<string, Evidence>();
  const evidenceOf = (reader: BundleReader, ref: LineRef): Evidence => {
    const key = `${reader.bundle.id} ${ref.fileId} ${ref.line} ${ref.endLine} ${ref.note ?? ''}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const [made] = cite(reader, [ref]);
    kept.set(key, made);
    return made;
  };
  const sideValue = (reader: BundleReader, { value, because, refs, evidence }: DraftValue): SideValue => ({
    bundle: reader.bundle.id,
    value,
    because,
    evidence: [...(evidence ?? []), ...refs.slice(0, EVIDENCE_SHOWN).map((ref) => evidenceOf(reader, ref))],
  });
  const differenceOf = (one: DraftDifference): Difference => ({
    ...one,
    values: readers.map((reader, at) =>
      sideValue(reader, one.values[at] ?? { value: null, because: 'not read', refs: [] }),
    ),
  });
  return { ...draft, differences: draft.differences.map(differenceOf) };
}

/** Throws the failure of a file that is not there. */
export function runCompareText(readers: readonly BundleReader[], { left, right }: CompareTextTask): TextComparison {
  const [first] = readers;
  const last = readers.at(-1);
  if (first === undefined || last === undefined) throw new Error('a comparison of texts needs a bundle');
  return comparedTexts({ reader: first, file: left }, { reader: last, file: right });
}

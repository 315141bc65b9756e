/** The cases that searches are held against: bundles made up to be hard, and bundles as collectors leave them. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { lz4Object, xzObject, zstdObject } from '../../../analyzer/archive/journal-codecs.ts';
import type { CaseId } from '../../../analyzer/core/ids.ts';
import { journalLines } from '../../../analyzer/formats/journal-text.ts';
import { LINE_SEVERITY } from '../../../analyzer/formats/severity.ts';
import { buildFixture } from '../../../fixtures/build-fixture.ts';
import type { FixtureId } from '../../../fixtures/scenarios/index.ts';
import type { EngineSession } from '../../integration/fixtures-engine.ts';
import { tarGzOf } from '../archives.ts';
import { corpusOf, type OracleCorpus, type OracleSource } from './corpus.ts';
import { ARCHIVE_NAME, madeBundle, type OracleMember, secondBundle } from './texts.ts';

const FIXTURES: readonly FixtureId[] = ['eks-kube-services-empty', 'eks-stale-endpoint', 'sgfp-pod'];
const SECOND_NAME = 'eks_i-0def_2024-05-01_1200-UTC_0.7.9.tar.gz';

/** Two nodes' archives in one case. @param seed the same text gives the same bytes. */
export async function madeCorpus(session: EngineSession, seed: string): Promise<OracleCorpus> {
  const first = madeBundle(seed);
  const bundles = [
    [ARCHIVE_NAME, first],
    [SECOND_NAME, secondBundle(seed, first)],
  ] as const;
  const archives: string[] = [];
  for (const [name, members] of bundles) {
    const archive = path.join(session.folder, name);
    writeFileSync(archive, await tarGzOf(members.map((one) => ({ name: `./${one.name}`, body: one.archived }))));
    archives.push(archive);
  }
  const caseId = await importInOrder(session, archives);
  return corpusOf(
    session,
    caseId,
    bundles.map(([, members]) => sourceOf(members)),
  );
}

export async function fixtureCorpus(session: EngineSession): Promise<OracleCorpus> {
  const fixtures = [];
  for (const id of FIXTURES) fixtures.push(await buildFixture(id));
  const caseId = await importInOrder(
    session,
    fixtures.map(({ archivePath }) => archivePath),
  );
  const sources = fixtures.map(({ tree }): OracleSource => {
    const texts = [...tree.files].map(([name, bytes]): [string, Buffer] => [
      name,
      name.endsWith('.gz') ? gunzipSync(bytes) : bytes,
    ]);
    return { texts: new Map(texts), levels: new Map() };
  });
  return corpusOf(session, caseId, sources);
}

/** One after the other, so that bundles stand in this order in the case. */
async function importInOrder(session: EngineSession, archives: readonly string[]): Promise<CaseId> {
  const { id: caseId } = await session.ask('case.create', { title: null, dir: null });
  for (const archive of archives) {
    const asked = { caseId, paths: [archive], node: null, layout: null, mark: null };
    const { job } = await session.ask('case.import', asked);
    const { failure } = await session.ask('job.wait', { job });
    if (failure !== null) throw new Error(failure.message);
  }
  return caseId;
}

function sourceOf(members: readonly OracleMember[]): OracleSource {
  const journals = members.filter(({ name }) => name.endsWith('.journal'));
  return {
    texts: new Map(members.map(({ name, text }) => [name, text])),
    levels: new Map(journals.map(({ name, archived }) => [name, levelsOf(archived)])),
  };
}

/** journald's priorities (0 emergency to 3 error, 4 warning) of the lines where its entries begin. */
function levelsOf(journal: Uint8Array): ReadonlyMap<number, number> {
  const levels = new Map<number, number>();
  let line = 1;
  for (const { text, priority } of journalLines(journal, { xz: xzObject, lz4: lz4Object, zstd: zstdObject })) {
    if (priority !== null && priority <= 4)
      levels.set(line, priority < 4 ? LINE_SEVERITY.error : LINE_SEVERITY.warning);
    line += Buffer.from(text).toString('latin1').split('\n').length - 1;
  }
  return levels;
}

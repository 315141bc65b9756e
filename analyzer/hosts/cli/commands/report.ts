/** `coldcase report <target>`: the document for the support case. */
import { type Command, Option } from 'commander';
import type { ReportFormat } from '../../../contract/report.ts';
import { FailureError } from '../../../core/failure.ts';
import type { FindingId } from '../../../core/ids.ts';
import type { ReportDraft } from '../../../core/report.ts';
import { type OutputPlace, outputPlaces } from '../../output-place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { chosenFindings } from '../finding-words.ts';
import { wholeNumber, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { type DraftOptions, draftOf } from '../report-draft.ts';
import { FORMATS, formatByEnding, type PrintedFormat, refuseOtherEnding } from '../report-ending.ts';
import { type OpenCase, type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import type { World } from '../world.ts';
import { writeFiles } from '../write-files.ts';

interface Options extends TargetOptions, DraftOptions {
  readonly format?: string;
  readonly output?: string;
  readonly findings?: string;
  readonly pack?: boolean;
  readonly sources?: boolean;
}

/** What was asked for, once the words are understood. */
interface Asked {
  readonly open: OpenCase;
  readonly draft: ReportDraft;
  readonly findings: FindingId[] | null;
  /** null: stdout. */
  readonly place: OutputPlace | null;
  readonly map: OutputPlace | null;
}

const PACK_FORMATS: readonly ReportFormat[] = ['html', 'md', 'json'];
const CONTEXT_MAX = 20;

export const registerReport: Registrar = (program, run) => {
  const command = withTargetOptions(program.command('report'))
    .description('write a report in which every claim shows its lines')
    .option(
      '--format <format>',
      'html, pdf, md, json or yaml (default: by the ending of the file, else html); with --pack several, separated by commas',
    )
    .option('-o, --output <file>', 'write to this file (default, and -: stdout)')
    .option('--findings <ids>', 'only these findings, by id, separated by commas')
    .option('--template <id>', 'headings and their order: customer-summary, engineering-hand-over, internal-note')
    .option('--context <n>', 'lines before and after each excerpt', wholeNumber(0, CONTEXT_MAX))
    .option('--redact [profiles]', 'pseudonyms for secrets,identifiers,network (default: all three)')
    .addOption(new Option('--no-redact', 'as it is, also where the draft of the case is redacted'))
    .option('--words <file>', 'also replace these words, one a line')
    .addOption(
      new Option('--keep-value <value>', 'leave this value as it is (repeatable)').argParser(
        (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
      ),
    )
    .option('--map <file>', 'where the private map goes that undoes the redaction; never send it')
    .option('--no-map', 'without a map: nobody can undo the redaction')
    .option('--pack', 'a zip with the report, its excerpts and a manifest with the sha256 of everything')
    .option('--sources', 'with --pack: the cited files whole as well');
  refuseBoth(command, 'redact');
  refuseBoth(command, 'map');
  command.action((target: string, options: Options, self: Command) =>
    run(self, async (world, output) => {
      const file = options.output === undefined || options.output === '-' ? null : options.output;
      const formats = formatsOf(options, file);
      refuseOdd(world, options, file, formats);
      const { place, map } = await placesOf(world, target, options, file);
      return withTarget(world, output, target, options, async (open) => {
        const { session, caseId } = open;
        const draft = await draftOf(world, session, caseId, options);
        const findings =
          options.findings === undefined ? null : await chosenFindings(open, options.findings, '--findings');
        const asked: Asked = { open, draft, findings, place, map };
        return options.pack === true
          ? writePack(output, asked, formats as readonly ReportFormat[], options.sources === true ? 'yes' : 'no')
          : writeReport(world, output, asked, formats[0] ?? 'html');
      });
    }),
  );
};

/** Commander lets the last one count: a slip would be obeyed without a word, and a map or a redaction be missing. */
function refuseBoth(command: Command, name: string): void {
  const given = new Set<string>();
  for (const [one, other] of [
    [name, `no-${name}`],
    [`no-${name}`, name],
  ] as const) {
    command.on(`option:${one}`, () => {
      given.add(one);
      if (given.has(other)) wrongUsage(`This contradicts --${other}: give one of them.`, `--${one}`);
    });
  }
}

function formatsOf({ format, pack }: Options, file: string | null): readonly PrintedFormat[] {
  if (format === undefined) {
    if (pack === true) return PACK_FORMATS;
    const named = file === null ? null : formatByEnding(file);
    return [FORMATS.find((one) => one === named) ?? 'html'];
  }
  const words = [...new Set(format.split(',').map((word) => word.trim()))];
  return words.map(
    (word) =>
      FORMATS.find((one) => one === word) ??
      wrongUsage('There is no format of this name.', `--format ${word}`, `There are ${FORMATS.join(', ')}.`),
  );
}

function refuseOdd(world: World, options: Options, file: string | null, formats: readonly PrintedFormat[]): void {
  if (options.pack !== true && formats.length > 1)
    wrongUsage('Several formats go into a pack: add --pack.', '--format');
  if (options.pack === true && formats.includes('pdf')) {
    wrongUsage('A pack has no PDF: put the printed report beside it.', '--format pdf');
  }
  if (options.sources === true && options.pack !== true)
    wrongUsage('Source files go into a pack: add --pack.', '--sources');
  const bytes = options.pack === true || formats[0] === 'pdf';
  if (bytes && file === null && world.stdout.kind === 'terminal') {
    wrongUsage('These are bytes, which a terminal cannot show: give a file with -o.', '--output');
  }
  if (file !== null) refuseOtherEnding(file, options.pack === true ? 'zip' : (formats[0] ?? 'html'));
}

/** Before anything is imported. */
async function placesOf(
  world: World,
  target: string,
  { map, words, pack, case: newCase }: Options,
  file: string | null,
): Promise<Pick<Asked, 'place' | 'map'>> {
  const wantsMap = typeof map === 'string';
  const places = await outputPlaces(
    world,
    [
      ...(file === null ? [] : [{ file, kind: pack === true ? ('pack' as const) : ('report' as const) }]),
      ...(wantsMap ? [{ file: map, kind: 'map' as const }] : []),
    ],
    {
      inputs: [
        { file: target, what: 'what the report is made of' },
        ...(words === undefined ? [] : [{ file: words, what: 'the file of --words' }]),
      ],
      newCase: newCase ?? null,
    },
  );
  return { place: file === null ? null : (places[0] ?? null), map: wantsMap ? (places.at(-1) ?? null) : null };
}

async function writeReport(world: World, output: Output, asked: Asked, format: PrintedFormat): Promise<ExitCode> {
  const { open, draft, findings, place } = asked;
  const { session, caseId } = open;
  const asText = format === 'pdf' ? 'html' : format;
  const document = await session.call('report.build', { caseId, draft, findings, format: asText });
  const printed = format === 'pdf' ? await world.printPdf(document.text, (note) => void output.warn(note)) : null;
  if (printed !== null && !printed.ok) throw new FailureError(printed.failure);
  const content = printed === null ? document.text : printed.value;
  const mediaType = printed === null ? document.mediaType : 'application/pdf';
  if (place === null && printed === null && output.form === 'json' && format !== 'json') {
    const [map = null] = await writeFiles(mapFile(asked, document.map));
    await output.json({ ...document, map });
    return EXIT.done;
  }
  const { references } = document;
  return written(output, asked, content, document.map, { format, mediaType, references });
}

async function writePack(
  output: Output,
  asked: Asked,
  formats: readonly ReportFormat[],
  sources: 'yes' | 'no',
): Promise<ExitCode> {
  const { open, draft, findings } = asked;
  const { session, caseId } = open;
  const pack = await session.call('report.pack', { caseId, draft, findings, formats: [...formats], sources });
  const { mediaType, files, references } = pack;
  const content = Buffer.from(pack.base64, 'base64');
  return written(output, asked, content, pack.map, { format: 'pack', mediaType, files, references });
}

function mapFile({ map }: Asked, text: string | null) {
  return map === null || text === null ? [] : [{ place: map, content: text }];
}

/** The report and its map, together or not at all; without a file the report goes to stdout. */
async function written(
  output: Output,
  asked: Asked,
  content: string | Uint8Array,
  mapText: string | null,
  told: object,
): Promise<ExitCode> {
  const { place } = asked;
  const maps = mapFile(asked, mapText);
  const paths = await writeFiles([...maps, ...(place === null ? [] : [{ place, content }])]);
  const map = maps.length === 0 ? null : (paths[0] ?? null);
  const full = paths.at(-1);
  if (place === null) await output.raw(content);
  else if (output.form === 'json') await output.json({ file: full, bytes: Buffer.byteLength(content), ...told, map });
  else await output.note(`Report written: ${full}`);
  if (map !== null) await output.note(`Map written: ${map}. It undoes the redaction: keep it, and do not send it.`);
  return EXIT.done;
}

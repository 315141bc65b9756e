/** Every limit of the engine, with its reason. Sizes in bytes unless the name says otherwise. */

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Text block of the store: large enough for zstd to find repetition, small enough to open one for a page of lines. */
export const BLOCK_BYTES = 128 * KIB;

/** A line longer than this is split and counted as a gap: one line must never hold a whole archive in memory. */
export const LINE_BYTES_MAX = 1 * MIB;

/** Expressions see this much of a line; klog lines that matter are far shorter, hostile ones are not. */
export const EXPRESSION_BYTES_MAX = 8 * KIB;

/** First bytes of a member that decide whether it is text and what it is. */
export const SNIFF_BYTES = 8 * KIB;

/**
 * Young generation of a worker that parses dumps, in MiB (V8 takes a third of it for each half). Parsed rules live on,
 * so that V8 would let it grow to three times as much: 100 MB a worker for no time won (measured with 107,000 rules).
 */
export const YOUNG_GENERATION_MIB = 48;
/** The same of each thread of an import: its objects die young; V8 would let each grow to 48 MB (measured: no time won). */
export const IMPORT_YOUNG_GENERATION_MIB = 16;

/**
 * A journal is read from memory, because its objects point at each other. journald.conf(5): a file of a journal is an
 * eighth of SystemMaxUse, which is 4 GB at most, and 128 MB by default.
 */
export const JOURNAL_BYTES_MAX = 128 * MIB;

/** A parser never gets more of one file than this; iptables-save of 5,000 services is about 12 MB. */
export const PARSE_BYTES_MAX = 256 * MIB;

/** Members of one archive and of all in it; a collector writes a few hundred, a hostile archive a million empty ones. */
export const MEMBERS_MAX = 200_000;

/**
 * Unpacked bytes of one archive, those of archives in it counted too: the largest collector archives seen are tens of
 * gigabytes.
 */
export const UNPACKED_BYTES_MAX = 200 * GIB;

/**
 * Archives and compressions around one file, the outermost counted: `tar.gz` is two. Rotated logs in a tar.gz in a
 * node diagnostic are five; an archive that holds itself has no end.
 */
export const NESTING_LAYERS_MAX = 10;

/**
 * A packed file that unpacks to more than so many times its size is stopped, once it has given EXPANDED_BYTES_FREE.
 * deflate cannot reach it (1,032 at most, for a log that is nothing but zeros); bzip2, xz, zstd and a gzip in a gzip
 * can, and no log that holds time stamps comes near it.
 */
export const EXPANSION_MAX = 1_500;
export const EXPANDED_BYTES_FREE = 1 * GIB;

/** The same for a whole archive, which may hold logs of zeros that were packed twice. */
export const ARCHIVE_BYTES_FREE = 16 * GIB;

/** Longest member name that is kept; POSIX PATH_MAX is 4,096 and nothing on a node is longer. */
export const NAME_CHARS_MAX = 4096;

/**
 * Characters of all member names together. They are kept in memory until the bundle is sealed, and 9 MB of an archive
 * can unpack to gigabytes of names; 200,000 members of a real node have 20 million at most.
 */
export const NAMES_CHARS_MAX = 32 * MIB;

/** Gaps listed one by one; the rest is counted. */
export const GAPS_LISTED_MAX = 200;

/** Lines of text kept inside one Evidence; longer ranges keep their byte range and hash, and say so. */
export const EVIDENCE_LINES_MAX = 40;

/** Text kept inside one Evidence, in characters: nft's JSON is one line of megabytes. Byte range and hash cover all of it. */
export const EVIDENCE_CHARS_MAX = 16 * KIB;

/** Evidence references cited by one finding; `count` still gives the exact number. */
export const EVIDENCE_REFS_MAX = 12;

/** Lines handed out by one `file.lines` call. */
export const LINES_PER_CALL_MAX = 5_000;

/** Matches returned by one `search` call unless asked otherwise; the total is always exact. */
export const SEARCH_LIMIT_DEFAULT = 100;
export const SEARCH_LIMIT_MAX = 10_000;

/** A search with a pattern is stopped after so long unless asked otherwise: 20 MB/s of a slow pattern are 600 MB. */
export const SEARCH_MS_DEFAULT = 30_000;
export const SEARCH_MS_MAX = 3_600_000;

/** Text handed out by one call for lines: a page of the viewer, not a file. Fewer lines come when they are long. */
export const LINES_BYTES_MAX = 8 * MIB;

/** Ended jobs that are still listed. */
export const ENDED_JOBS_KEPT = 50;

/** Cases remembered in the list of recent ones. */
export const RECENT_CASES_KEPT = 50;

/** Best matches shown above all matches. */
export const BEST_MATCHES = 20;

/**
 * Text of a bundle from which its rules get a thread of their own. With one 160 MB take 2 % longer in 5 % more processor time (11
 * pairs), 256 MB 5 % less in 2 % less (20 pairs), 1 GB 5 % less (7 pairs).
 */
export const RULE_THREAD_BYTES = 224 * 1024 * 1024;

/** A rule is a page of text; more is no rule, and parsing it would cost memory. */
export const RULE_FILE_BYTES_MAX = 64 * 1024;

/** A report or a map is read whole: as large as a report of every finding of a large case, and more. */
export const REPORT_BYTES_MAX = 64 * MIB;

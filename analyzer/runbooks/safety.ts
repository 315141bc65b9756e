/** How risky an action is: what the runbook says of it, else what its words say. */
import { SAFETY_RATINGS } from '../core/runbook.ts';
import type { RatedText } from './runbook.ts';

/** `Restart kube-proxy pods: YELLOW — operator action`. */
const RATING = /:[ \t]{0,9}(GREEN|YELLOW|RED)\b/;

/** What cannot be taken back, what disturbs for a while, what reads. */
const LOSES =
  /\b(?:terminat\w+|force[- ]?delet\w+|--force|wip\w+|format\w*|delete (?:the )?(?:node|volume|pvc?|namespace)s?|rm -rf)\b/i;
const DISTURBS =
  /\b(?:restart\w*|delet\w+|drain\w*|cordon\w*|reboot\w*|replac\w+|recycl\w+|upgrad\w+|downgrad\w+|scal\w+|roll\w*|evict\w*|appl(?:y|ied)|modif\w+|chang\w+|increas\w+|set|fix\w*|attach\w*|detach\w*|patch\w*|edit\w*)\b/i;

/** Small words tell nothing of an action. */
const FILLER = new Set(['the', 'and', 'for', 'with', 'from', 'operator', 'action', 'via', 'tools', 'not']);

/** @returns `text` with the rating of the runbook that fits it best, or one by its words. */
export function rated(text: string, ratings: readonly string[]): RatedText {
  const fitting = ratings
    .flatMap((line) => {
      const found = RATING.exec(line);
      const safety = SAFETY_RATINGS.find((one) => one === found?.[1]);
      const wanted = words(line.slice(0, found?.index ?? 0));
      const shared = wanted.filter((word) => words(text).includes(word)).length;
      return safety === undefined || wanted.length === 0 ? [] : [{ line, safety, share: shared / wanted.length }];
    })
    .filter(({ share }) => share > FITS)
    .sort((one, two) => two.share - one.share)[0];
  if (fitting !== undefined) return { text, safety: fitting.safety, because: fitting.line };
  if (LOSES.test(text)) return { text, safety: 'RED', because: 'it cannot be taken back' };
  if (DISTURBS.test(text)) return { text, safety: 'YELLOW', because: 'it changes something on the node or cluster' };
  return { text, safety: 'GREEN', because: 'it only reads or watches' };
}

/** More than half of what is rated has to be spoken of. */
const FITS = 0.5;

function words(text: string): readonly string[] {
  const all = text.toLowerCase().match(/[a-z][a-z0-9-]{2,}/g) ?? [];
  return [...new Set(all)].filter((word) => !FILLER.has(word));
}

/**
 * Empties the parts of an object's YAML that nobody asks for before it is read: who manages its fields, annotations,
 * containers. They are nine tenths of a pod, and the YAML reader is slow. Lines stay, so that line numbers do.
 */

/** Keys of the second level (`metadata.managedFields`, `spec.containers` ...) whose whole block is emptied. */
const UNASKED = new Set([
  'managedFields',
  'annotations',
  'ownerReferences',
  'finalizers',
  'containers',
  'initContainers',
  'ephemeralContainers',
  'volumes',
  'tolerations',
  'affinity',
  'securityContext',
  'selector',
  'containerStatuses',
  'initContainerStatuses',
  'conditions',
  'images',
  'capacity',
  'allocatable',
  'volumesAttached',
  'volumesInUse',
]);
const KEY = /^( {0,40})([A-Za-z][\w.-]{0,60}):(?:\s|$)/;

/**
 * @param text one object in block style. @returns the same text with unasked blocks emptied; flow style and anchors are
 * left as they are. The text of a block stands further right than its key, the dashes of a list in its column.
 */
export function trimYaml(text: string): string {
  // An alias may point into what would be emptied.
  if (/[:-] [&*][A-Za-z0-9]/.test(text)) return text;
  const lines = text.split('\n');
  let top: number | null = null;
  let second: number | null = null;
  let emptied: number | null = null;
  for (const [at, line] of lines.entries()) {
    const indent = line.length - line.trimStart().length;
    if (emptied !== null) {
      if (line.trim() === '' || indent > emptied || (indent === emptied && line[indent] === '-')) {
        lines[at] = '';
        continue;
      }
      emptied = null;
    }
    const key = KEY.exec(line);
    if (key === null) continue;
    top ??= indent;
    if (indent === top) {
      // Slices have `endpoints` at the first level, whose keys are asked for.
      second = /^(?:metadata|spec|status):\s*$/.test(line.trim()) ? -1 : null;
      continue;
    }
    if (second === -1) second = indent;
    if (indent === second && UNASKED.has(key[2] as string)) {
      lines[at] = '';
      emptied = indent;
    }
  }
  return lines.join('\n');
}

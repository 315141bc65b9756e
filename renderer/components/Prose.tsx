/** A sentence of the engine; what stands in back quotes is a command or a name and is set as code. */
export function Prose({ text }: { readonly text: string }) {
  const parts = text.split(/(`[^`]+`)/);
  return parts.map((part, index) => {
    const key = `${index} ${part}`;
    return part.length > 2 && part.startsWith('`') && part.endsWith('`') ? (
      <code key={key} className="inline">
        {part.slice(1, -1)}
      </code>
    ) : (
      part
    );
  });
}

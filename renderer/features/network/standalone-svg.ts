/**
 * A picture of the screen as a file of its own: what style sheets decide is written into it, in the light theme, so
 * that it reads the same in a browser, an editor and a document. Only elements that were drawn are in it: no script,
 * no link, nothing fetched.
 */

/** What the drawing uses; everything else keeps its initial value. */
const STYLES = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'paint-order',
] as const;

/** What only the living page needs. */
const PAGE_ONLY = ['class', 'style', 'tabindex', 'role', 'aria-hidden', 'aria-pressed', 'data-node', 'id'];

const SVG = 'http://www.w3.org/2000/svg';

/** @returns the element as the text of an .svg file; `title` is its accessible name. */
export function standaloneSvg(drawn: SVGSVGElement, title: string): string {
  const page = drawn.ownerDocument;
  const stage = page.createElement('div');
  // Tokens are taken from the nearest theme: a file is read on white, whatever the window looks like.
  stage.dataset.theme = 'light';
  stage.className = 'graph visually-hidden';
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  for (const selected of copy.querySelectorAll('.is-selected')) selected.classList.remove('is-selected');
  stage.append(copy);
  page.body.append(stage);
  const view = page.defaultView;
  const background = view?.getComputedStyle(stage).backgroundColor ?? '';
  for (const element of [copy, ...copy.querySelectorAll('*')]) {
    if (element.tagName === 'title') continue;
    const style = view?.getComputedStyle(element);
    // All of these are inherited: only what an element changes is written.
    const above =
      element === copy || element.parentElement === null ? null : view?.getComputedStyle(element.parentElement);
    for (const name of STYLES) {
      const value = style?.getPropertyValue(name) ?? '';
      if (value !== '' && value !== above?.getPropertyValue(name)) element.setAttribute(name, value);
    }
  }
  const marker = copy.querySelector('marker')?.id ?? null;
  stage.remove();
  for (const element of [copy, ...copy.querySelectorAll('*')]) {
    const isMarker = element.tagName === 'marker';
    for (const name of PAGE_ONLY) if (!(isMarker && name === 'id')) element.removeAttribute(name);
    if (isMarker) element.id = 'arrow';
    if (element.getAttribute('marker-end') === `url(#${marker})`) element.setAttribute('marker-end', 'url(#arrow)');
  }
  copy.setAttribute('role', 'img');
  copy.setAttribute('aria-label', title);
  const name = page.createElementNS(SVG, 'title');
  name.textContent = title;
  const paper = page.createElementNS(SVG, 'rect');
  paper.setAttribute('width', '100%');
  paper.setAttribute('height', '100%');
  paper.setAttribute('fill', background === '' ? 'white' : background);
  copy.prepend(name, paper);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

/** @returns a file name of a service's graph that every system takes. */
export function svgFileName(service: string, node: string | null): string {
  const plain = [service, node ?? ''].filter((part) => part !== '').join(' on ');
  return `${plain.replace(/[^\w.-]+/g, '-').slice(0, 120)}.svg`;
}

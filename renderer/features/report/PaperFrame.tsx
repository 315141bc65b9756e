/**
 * The HTML report as it is exported, in a frame that may run nothing: no script, no form, no way out of it. The frame takes
 * the page's content policy on besides its own; its one style element carries the nonce of the page for that.
 */
import { useEffect, useMemo, useRef } from 'react';

/** Keys by which a document is scrolled; all others are the application's, as everywhere. */
const SCROLLING: readonly string[] = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' ', 'Tab'];

/** @returns the document with the page's nonce on its style element. */
export function withNonce(html: string, nonce: string): string {
  return html.replace('<style>', () => `<style nonce="${nonce}">`);
}

/** Hands a key on to the window around the frame. */
function passOn(event: KeyboardEvent): void {
  const { key, code, ctrlKey, altKey, metaKey, shiftKey } = event;
  if (SCROLLING.includes(key) && !ctrlKey && !altKey && !metaKey) return;
  const same = new KeyboardEvent('keydown', { key, code, ctrlKey, altKey, metaKey, shiftKey, cancelable: true });
  if (!window.dispatchEvent(same)) event.preventDefault();
}

/** Links lead about in the document; the frame itself goes nowhere. */
function follow(event: MouseEvent, document: Document): void {
  // The target is of the frame's own classes.
  const link = (event.target as Element | null)?.closest?.('a[href]') ?? null;
  if (link === null) return;
  event.preventDefault();
  const href = link.getAttribute('href') ?? '';
  if (href.startsWith('#')) document.getElementById(decodeURIComponent(href.slice(1)))?.scrollIntoView();
}

export function PaperFrame({ html }: { readonly html: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const scroll = useRef(0);
  const srcDoc = useMemo(() => {
    const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? '';
    return withNonce(html, nonce);
  }, [html]);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const onLoad = () => {
      const inner = element.contentDocument;
      const view = element.contentWindow;
      if (inner === null || view === null) return;
      // A new version is shown where the one before was read.
      view.scrollTo(0, scroll.current);
      view.addEventListener('scroll', () => {
        scroll.current = view.scrollY;
      });
      view.addEventListener('keydown', passOn);
      for (const kind of ['click', 'auxclick'] as const)
        inner.addEventListener(kind, (event) => follow(event, inner), { capture: true });
    };
    element.addEventListener('load', onLoad);
    return () => element.removeEventListener('load', onLoad);
  }, []);
  return (
    <iframe
      ref={frame}
      className="report__frame"
      title="Preview of the report"
      // The page may look into it, to scroll and to follow links; nothing in it may act.
      sandbox="allow-same-origin"
      srcDoc={srcDoc}
    />
  );
}

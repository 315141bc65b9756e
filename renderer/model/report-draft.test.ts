import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sectionKeys, withTemplate } from '../../analyzer/core/report-draft.ts';
import { ANALYSIS, HEALTHY, makeFinding } from '../bridge/fake/fake-case.ts';
import { DRAFT, HAND_OVER, makeSection } from '../bridge/fake/fake-report.ts';
import {
  movedSection,
  orderAfterMove,
  orderedFindings,
  rankedFindings,
  sectionAmount,
  withOwnSection,
  wordsOf,
} from './report-draft.ts';

const headings = (draft: typeof DRAFT) => draft.sections.map(({ heading }) => heading);

describe('sections of a report', () => {
  it('move to another place, and nowhere outside of it', () => {
    expect(headings(movedSection(DRAFT, 0, 2)).slice(0, 3)).toEqual(['Causes', 'Findings', 'Summary']);
    expect(movedSection(DRAFT, 0, -1)).toBe(DRAFT);
    expect(movedSection(DRAFT, 7, 8)).toBe(DRAFT);
  });

  it('count a node once that was captured twice', () => {
    const [one] = ANALYSIS.nodes;
    if (one === undefined) throw new Error('the invented case lost its nodes');
    const analysis = { ...ANALYSIS, nodes: [one, { ...one, bundle: HEALTHY }] };
    expect(sectionAmount('nodes', { analysis, findings: 0, lines: 0, pins: [], bundles: 2 })).toBe('1 node');
  });

  it('have a name each, also where two are of one kind', () => {
    const twice = withOwnSection(withOwnSection(DRAFT));
    expect(sectionKeys(twice.sections).slice(-3)).toEqual(['bundles', 'text', 'text 2']);
  });

  it('take headings and order of a template; what was written stays', () => {
    const written = {
      ...withOwnSection(DRAFT),
      leftOut: [makeFinding('f-low').id],
      redaction: { profiles: ['network'], words: ['acme'], keep: [] },
    };
    const sections = written.sections.map((section) =>
      section.kind === 'verdict' || section.kind === 'text' ? { ...section, text: `my ${section.kind}` } : section,
    );
    const next = withTemplate({ ...written, sections }, HAND_OVER);
    expect(next.sections).toEqual([
      makeSection('findings', 'All findings'),
      makeSection('verdict', 'Verdict', { text: 'my verdict' }),
      makeSection('nodes', 'Nodes'),
      makeSection('text', 'Notes', { text: 'my text' }),
    ]);
    expect(next).toMatchObject({
      template: 'engineering-hand-over',
      title: DRAFT.title,
      leftOut: written.leftOut,
      redaction: written.redaction,
      context: 5,
    });
  });
});

describe('the order of findings', () => {
  it('is that of the causes, then of severity, until one is put elsewhere', () => {
    const ranked = rankedFindings(ANALYSIS);
    expect(ranked.map(({ id }) => id)).toEqual(['f-lock', 'f-conntrack', 'f-empty', 'f-dns', 'f-low']);
    const order = orderAfterMove(ranked, [], makeFinding('f-dns').id, 0);
    expect(order).toEqual(['f-dns']);
    expect(orderedFindings(ranked, order).map(({ id }) => id)).toEqual([
      'f-dns',
      'f-lock',
      'f-conntrack',
      'f-empty',
      'f-low',
    ]);
  });

  it('after any moves is what was asked for, and tells no more than it must', () => {
    const ranked = Array.from({ length: 8 }, (_, index) => makeFinding(`f-${index}`));
    const ids = ranked.map(({ id }) => id);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 12 }), (moves) => {
        let wanted = [...ids];
        let order: readonly (typeof ids)[number][] = [];
        for (const [which, to] of moves) {
          const id = wanted[which] as (typeof ids)[number];
          const rest = wanted.filter((one) => one !== id);
          wanted = [...rest.slice(0, to), id, ...rest.slice(to)];
          order = orderAfterMove(ranked, order, id, to);
        }
        const now = orderedFindings(ranked, order).map(({ id }) => id);
        expect(now).toEqual(wanted);
        if (wanted.join() === ids.join()) expect(order).toEqual([]);
      }),
    );
  });
});

describe("the customer's words", () => {
  it('are lines of three letters or more, each once', () => {
    expect(wordsOf(' acme \n\nab\nacme\npayments team')).toEqual({
      words: ['acme', 'payments team'],
      tooShort: ['ab'],
    });
  });
});

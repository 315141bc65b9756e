/**
 * One analysis of a bundle in a process of its own: `node rules-run.cjs <bundle> none|all`, without rules or with the
 * whole catalogue. Prints how many rules there were.
 */
import { ANALYZERS } from '../../analyzer/analyzers/registry.ts';
import { analyzeBundle } from '../../analyzer/jobs/analyze-bundle.ts';
import { shippedRules } from '../../analyzer/jobs/shipped-rules.ts';
import { openBundle } from '../../analyzer/store/bundle-reader.ts';

const [bundle = '', which] = process.argv.slice(2);
const opened = openBundle(bundle);
if (!opened.ok) throw new Error(opened.failure.message);
const rules = which === 'all' ? shippedRules().rules : [];
const analysis = analyzeBundle(opened.value, { rules, analyzers: ANALYZERS });
const failed = analysis.outcomes.filter(({ outcome }) => outcome.outcome === 'failed');
if (failed.length > 0) throw new Error(`${failed.length} checks failed`);
console.log(rules.length);

/** The histogram for whoever cannot see or point at it: one row a column that holds lines or findings. */

import { useState } from 'react';
import { VirtualTable } from '../../components/VirtualTable.tsx';
import { count } from '../../model/format.ts';
import { windowLabel } from '../../model/time-window.ts';
import { CELL_NUMBERS, countCells, type LevelCounts } from '../../model/timeline-lanes.ts';
import type { TimelineHistogram, TimelineMarker } from '../../model/types.ts';
import { useStores } from '../../stores/stores.tsx';
import { useJump } from './use-jump.ts';

export interface Bucket extends LevelCounts {
  readonly from: number;
  readonly to: number;
  readonly findings: readonly TimelineMarker[];
}

/** @returns columns that hold lines, or in which findings begin, in the order of time. */
function bucketsOf(
  cells: readonly number[],
  { start, bucketMs, columns, markers }: Pick<TimelineHistogram, 'start' | 'bucketMs' | 'columns' | 'markers'>,
): readonly Bucket[] {
  const findings = new Map<number, TimelineMarker[]>();
  for (const marker of markers) {
    const column = Math.floor((Date.parse(marker.first) - start) / bucketMs);
    if (column >= 0 && column < columns) findings.set(column, [...(findings.get(column) ?? []), marker]);
  }
  const counts = new Map<number, LevelCounts>();
  for (let at = 0; at + CELL_NUMBERS <= cells.length; at += CELL_NUMBERS)
    counts.set(cells[at] as number, countCells(cells.slice(at, at + CELL_NUMBERS)));
  const none = { lines: 0, warnings: 0, errors: 0 };
  return [...new Set([...counts.keys(), ...findings.keys()])]
    .sort((one, other) => one - other)
    .map((column) => ({
      from: start + column * bucketMs,
      to: start + (column + 1) * bucketMs,
      ...(counts.get(column) ?? none),
      findings: findings.get(column) ?? [],
    }));
}

export function BucketTable({
  histogram,
  cells,
}: {
  readonly histogram: TimelineHistogram;
  readonly cells: readonly number[];
}) {
  const { timeline } = useStores();
  const jump = useJump();
  const [selected, setSelected] = useState(0);
  const buckets = bucketsOf(cells, histogram);
  return (
    <div className="tl-table">
      <VirtualTable
        label="Lines by time"
        idPrefix="bucket"
        columns={[
          {
            name: 'Time, UTC',
            className: 'w-220',
            cell: ({ from, to }) => <span className="mono">{windowLabel({ from, to })}</span>,
          },
          { name: 'Lines', className: 'w-80', numeric: true, cell: ({ lines }) => count(lines) },
          { name: 'Errors', className: 'w-80', numeric: true, cell: ({ errors }) => count(errors) },
          { name: 'Warnings', className: 'w-80', numeric: true, cell: ({ warnings }) => count(warnings) },
          { name: 'Findings that begin', cell: ({ findings }) => findings.map(({ title }) => title).join('; ') },
        ]}
        rows={buckets}
        rowKey={({ from }) => String(from)}
        selected={Math.min(selected, buckets.length - 1)}
        onSelect={(bucket) => {
          setSelected(buckets.indexOf(bucket));
          jump(bucket.from, 'first');
        }}
        onOpen={({ from, to }) => timeline.getState().look({ from, to }, 'new entry')}
        scroll={{ initial: 0, keep: () => undefined }}
      />
    </div>
  );
}

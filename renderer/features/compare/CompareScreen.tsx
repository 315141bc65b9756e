/** What sets nodes apart, meaning first. */
import { Empty } from '../../components/States.tsx';

export function CompareScreen() {
  return (
    <div className="centre">
      <Empty title="Nothing to compare yet" />
    </div>
  );
}

export function OverviewScreen() {
  return <div className="centre" />;
}

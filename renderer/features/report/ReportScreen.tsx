export function ReportScreen() {
  return <div className="centre" />;
}

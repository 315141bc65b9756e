export function FindingsScreen() {
  return <div className="centre" />;
}

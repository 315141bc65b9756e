export function SearchScreen() {
  return <div className="centre" />;
}

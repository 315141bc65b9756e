export function FilesScreen() {
  return <div className="centre" />;
}

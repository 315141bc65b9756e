/** A bar whose width is set through the element's style object, which the content policy allows. */
export function Progress({ percent, label }: { readonly percent: number | null; readonly label: string }) {
  return (
    <span
      className={percent === null ? 'progress progress--open' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { 'aria-valuenow': percent })}
    >
      <i style={percent === null ? {} : { width: `${percent}%` }} />
    </span>
  );
}

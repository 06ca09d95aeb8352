// The one change that makes `before` into `after`, so that cursor, folds and scroll stay where the text stays.

const HIGH = /[\ud800-\udbff]/;

export function difference(before, after) {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  if (from > 0 && HIGH.test(before[from - 1])) from -= 1;
  let tail = 0;
  while (tail < shorter - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  if (tail > 0 && HIGH.test(before[before.length - tail - 1] ?? "")) tail -= 1;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

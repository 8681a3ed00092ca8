/** The quantisation that the name of a model's file ends with; undefined where it names none. */
export function quantIn(name: string): string | undefined {
  const whole = name.replace(/-\d{5}-of-\d{5}$/, "");
  return /(?:^|[-._])((?:i?q\d|tq\d)\w*|b?f(?:16|32))$/i.exec(whole)?.[1]?.toUpperCase();
}

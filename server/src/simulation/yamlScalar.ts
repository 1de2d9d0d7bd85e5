/** A text as a value of the YAML that a remedy proposes. */

/** Plain where that reads as text, else quoted: a value comes from a manifest and may be anything. */
export function scalar(text: string): string {
  return /^[A-Za-z_./][\w./-]*$/.test(text) && !/^(true|false|yes|no|on|off|y|n|null|~)$/i.test(text) && !text.startsWith('.')
    ? text
    : /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(text)
      ? text
      : JSON.stringify(text);
}

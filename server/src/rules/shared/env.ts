/** Texts of a container in which the kubelet expands `$(VAR)`, and the scanner that finds such references as the kubelet does. */
import { isOpaque, known, textOf, type Value } from '../../base/opaque';
import type { Path } from '../../protocol/source';
import type { Edit, ScalarSpan } from '../../model/finding';
import type { Container } from '../../model/pod';
import { workloadKinds, type Resource } from '../../model/resources';

/** Kinds that hold containers. */
export const podHolderKinds = ['Pod', ...workloadKinds] as const;

export interface Reference {
  readonly name: string;
  /** From `$` to behind `)`, in UTF-16 offsets of the decoded scalar. */
  readonly span: ScalarSpan;
}

export interface References {
  readonly references: readonly Reference[];
  /** Starts of `$(` that no `)` follows. */
  readonly unclosed: readonly number[];
}

/** One text of a container and where it stands. Placeholders of other tools are blanked in `text`, so offsets stay true. */
export interface ContainerText {
  readonly path: Path;
  readonly text: string;
  /** As it is written, placeholders and all. */
  readonly written: string;
  readonly place: 'env' | 'command' | 'args';
  /** Index of the variable, or of the token in its list. */
  readonly index: number;
  /** A shell may read this text, so that `$(…)` may be command substitution. */
  readonly shell: boolean;
}

/** Stands for every character of a placeholder. It is in no name, so whatever holds it is not judged. */
export const placeholderMark = '\uE000';

/**
 * Finds references as `Expand` does: `$$` is an escaped `$`, a reference ends at the first `)` whatever stands between.
 * third_party/forked/golang/expansion/expand.go.
 */
export function scanReferences(text: string): References {
  const references: Reference[] = [];
  const unclosed: number[] = [];
  let at = text.indexOf('$');
  while (at >= 0 && at + 1 < text.length) {
    let next = at + 2;
    if (text[at + 1] === '(') {
      const close = text.indexOf(')', at + 2);
      if (close < 0) unclosed.push(at);
      else {
        references.push({ name: text.slice(at + 2, close), span: { start: at, end: close + 1 } });
        next = close + 1;
      }
    }
    at = text.indexOf('$', next);
  }
  return { references, unclosed };
}

/** The text of a value with every character inside `{{ }}`, `${ }`, `<% %>` or behind `#@` blanked; undefined when there is no value. */
export function readableText(value: Value<string> | undefined): string | undefined {
  if (!isOpaque(value)) return value;
  return value.text.replace(/\{\{[\s\S]*?(?:\}\}|$)|\$\{[\s\S]*?(?:\}|$)|<%[\s\S]*?(?:%>|$)|#@[\s\S]*$/g, (placeholder) =>
    placeholderMark.repeat(placeholder.length),
  );
}

/** The `value`s of a container's variables, in list order. One of several lines is perhaps a script. */
export function envTexts(container: Container): readonly ContainerText[] {
  return container.env.flatMap((variable, index) => {
    const text = readableText(variable.value);
    return text === undefined
      ? []
      : [{ path: [...variable.path, 'value'], text, written: textOf(variable.value) ?? '', place: 'env' as const, index, shell: text.includes('\n') }];
  });
}

/** The tokens of `command` and `args`. */
export function commandTexts(container: Container): readonly ContainerText[] {
  const shells = shellTokens(container);
  const texts = (place: 'command' | 'args', tokens: readonly Value<string>[], offset: number): ContainerText[] =>
    tokens.flatMap((token, index) => {
      const text = readableText(token);
      return text === undefined
        ? []
        : [{ path: [...container.path, place, index], text, written: textOf(token) ?? '', place, index, shell: shells[offset + index] ?? false }];
    });
  return [...texts('command', container.command, 0), ...texts('args', container.args, container.command.length)];
}

/**
 * Replaces references of one container. Several of one text become one edit from the first to the last of them,
 * since a text is edited once.
 */
export function replaceReferences(
  resource: Resource,
  uses: readonly { readonly text: ContainerText; readonly reference: Reference; readonly value: string }[],
): readonly Edit[] {
  const byText = new Map<ContainerText, typeof uses>();
  for (const use of uses) byText.set(use.text, [...(byText.get(use.text) ?? []), use]);
  return [...byText].map(([text, ofText]) => {
    const ordered = [...ofText].sort((a, b) => a.reference.span.start - b.reference.span.start);
    const start = ordered[0]?.reference.span.start ?? 0;
    let at = start;
    let value = '';
    for (const { reference, value: replacement } of ordered) {
      value += text.written.slice(at, reference.span.start) + replacement;
      at = reference.span.end;
    }
    return { kind: 'replace', resource, path: text.path, span: { start, end: at }, value };
  });
}

/** A name that a person would give to a variable; what shells and templates put in parentheses is usually none. */
export function isVariableName(name: string): boolean {
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name);
}

/** `command` and `args` as one text: what a container that waits says that it waits for. */
export function commandLine(container: Container): string {
  return [...container.command, ...container.args].map((token) => textOf(token) ?? '').join(' ');
}

const shellProgram = /^(?:.*[\\/])?(?:sh|bash|ash|zsh|dash|ksh|su|runuser)$/;
const windowsShell = /^(?:.*[\\/])?(?:powershell|pwsh|cmd)(?:\.exe)?$/i;

/**
 * For each token of `command` and then `args`: may a shell read it? In doubt yes, since the rules only say less then:
 * behind a token that cannot be known, in a text of several lines, and behind `-c` where the image's own program is not told.
 */
function shellTokens(container: Container): readonly boolean[] {
  let inShell = false;
  let shell: 'unlikely' | 'possible' | 'named' = container.command.length === 0 ? 'possible' : 'unlikely';
  return [...container.command, ...container.args].map((token) => {
    const text = known(token);
    const here = inShell || (text ?? '').includes('\n') || /\b(?:ba|a|z|da|k)?sh\s+-[a-zA-Z]*c\b/.test(text ?? '');
    if (text === undefined || windowsShell.test(text)) inShell = true;
    else if (shellProgram.test(text)) shell = 'named';
    else if (shell === 'named' ? /^-[a-zA-Z]*c[a-zA-Z]*$/.test(text) : shell === 'possible' && text === '-c') inShell = true;
    return here;
  });
}

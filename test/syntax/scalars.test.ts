import { describe, expect, it } from 'vitest';
import { isOpaque } from '../../server/src/base/opaque';
import { hasPlaceholder, resolvePlain, scalarValue } from '../../server/src/syntax/scalars';

describe('plain scalars as kubectl reads them', () => {
  const table: readonly (readonly [string, unknown])[] = [
    ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map((text) => [text, true] as const),
    ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map((text) => [text, false] as const),
    ...['', '~', 'null', 'Null', 'NULL'].map((text) => [text, null] as const),
    ...['yEs', 'oN', 'tRUE', 'nULL', 'nil', 'None', 'yess', 'truely'].map((text) => [text, text] as const),
    ['0', 0],
    ['8080', 8080],
    ['+1', 1],
    ['-1', -1],
    ['017', 15],
    ['-017', -15],
    ['0o17', 15],
    ['0O17', 15],
    ['08', 8],
    ['0x1F', 31],
    ['0X1f', 31],
    ['-0x10', -16],
    ['0b101', 5],
    ['-0b101', -5],
    ['1_000', 1000],
    ['1__0', 10],
    ['_1', '_1'],
    ['0x', '0x'],
    ['0b2', '0b2'],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551616', 18446744073709551616n],
    ['1.5', 1.5],
    ['1.', 1],
    ['.5', 0.5],
    ['-.5', -0.5],
    ['.5_1', 0.51],
    ['1e3', 1000],
    ['1.5E-3', 0.0015],
    ['1e400', '1e400'],
    ['1e', '1e'],
    ['.', '.'],
    ['.inf', '.inf'],
    ['-.Inf', '-.Inf'],
    ['.NaN', '.NaN'],
    ['1:30', '1:30'],
    ['2021-01-01', '2021-01-01'],
    ['2001-12-14T21:59:43Z', '2001-12-14T21:59:43Z'],
    ['10.0.0.1', '10.0.0.1'],
    ['10.0.0.0/16', '10.0.0.0/16'],
    ['1Gi', '1Gi'],
    ['-', '-'],
    ['+', '+'],
    ['1-2', '1-2'],
  ];
  it.each(table)('%s is %s', (text, value) => {
    expect(resolvePlain(text)).toStrictEqual(value);
  });
});

describe('placeholders', () => {
  it.each(['{{ .Values.x }}', 'a${B}c', '<%= x %>', 'x #@ data', '{{'])('%j is opaque in every style', (text) => {
    for (const style of ['plain', 'single', 'double', 'literal', 'folded'] as const) {
      const value = scalarValue(text, style);
      expect(isOpaque(value) && value.text).toBe(text);
    }
  });
  it.each(['$(NAME)', '$NAME', '{ }', '# @', '< %', '$$(X)'])('%j is none', (text) => {
    expect(hasPlaceholder(text)).toBe(false);
  });
  it('quoted text is text, whatever it looks like', () => {
    expect(scalarValue('yes', 'double')).toBe('yes');
    expect(scalarValue('017', 'single')).toBe('017');
    expect(scalarValue('1', 'literal')).toBe('1');
  });
});

import { parseDecimal } from '@clearbay/domain/decimal-text.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test.each([
  ['12', 12],
  ['+12', 12],
  ['-12.', -12],
  ['12.0', 12],
  ['.5', 0.5],
  ['1.2e1', 12],
  ['.12E+2', 12],
  ['120e-1', 12],
  [' 12\t', 12],
  ['007', 7],
])('%j is the figure %d', (text, figure) => {
  expect(parseDecimal(text)).toBe(figure);
});

test.each([
  '',
  ' ',
  '0x10',
  '0b11',
  '0o7',
  'Infinity',
  '-Infinity',
  'NaN',
  '1_000',
  '1,5',
  '1 2',
  '1e',
  '.',
  '+',
  '1e999',
  '１２',
  'six',
])('%j is no figure', (text) => {
  expect(parseDecimal(text)).toBeUndefined();
});

test('every finite number is read as it is written', () => {
  fc.assert(
    fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (figure) => {
      expect(parseDecimal(String(figure))).toBe(figure === 0 ? 0 : figure);
    }),
  );
});

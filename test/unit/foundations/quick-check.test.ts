import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { z } from 'zod';
import { structuralOf } from '../../../src/api/crd.js';
import { int32, keyedList, quantity, text } from '../../../src/api/field.js';
import * as kubernetesTypes from '../../../src/api/kubernetes-types.js';
import { quickCheck } from '../../../src/quick-check.js';
import { anyValue } from '../../manifests/arbitrary-manifests.js';

const types: Readonly<Record<string, z.ZodType>> = kubernetesTypes;

/** What zod says: it takes the value, and makes nothing else of it. */
function isTakenAsItStands(type: z.ZodType, value: unknown): boolean {
  const { success, data } = type.safeParse(value);
  return success && isDeepStrictEqual(data, value);
}

/** fast-check draws objects without a prototype, which JSON has not. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the quick check of a value', () => {
  it('says of the types of Kubernetes what zod says of them', () => {
    for (const [name, type] of Object.entries(types)) {
      const check = quickCheck(type);
      fc.assert(
        fc.property(anyValue(structuralOf(type)).map(asJson), (value) => {
          assert.equal(check(value), isTakenAsItStands(type, value), name);
        }),
        { numRuns: 100 },
      );
    }
  });

  const yes = true;
  const no = false;
  const cases: readonly (readonly [what: string, type: z.ZodType, value: unknown, answer: boolean])[] = [
    ['a member that is there', z.strictObject({ a: z.string() }), { a: '' }, yes],
    ['a member that is not known', z.strictObject({ a: z.string() }), { a: '', b: '' }, no],
    ['a member that every object has', z.strictObject({ a: z.string() }), { a: '', toString: '' }, no],
    ['a member that is missing', z.strictObject({ a: z.string() }), {}, no],
    ['a member that may be missing', z.strictObject({ a: z.string().optional() }), {}, yes],
    ['a list where an object should be', z.strictObject({}), [], no],
    ['items that differ', keyedList(z.strictObject({ a: text() }), ['a']), [{ a: 'x' }, { a: 'y' }], yes],
    ['items that should differ', keyedList(z.strictObject({ a: text() }), ['a']), [{ a: 'x' }, { a: 'x' }], no],
    ['a number beyond its bounds', int32(0, 5), 6, no],
    ['the last number within its bounds', int32(0, 5), 5, yes],
    ['a quantity', quantity(), '1Gi', yes],
    ['what is no quantity', quantity(), '1 Gi', no],
    ['a map', z.record(z.string(), z.string()), { a: 'b' }, yes],
    ['a map with a value of another type', z.record(z.string(), z.string()), { a: 1 }, no],
    ['a name that zod drops', z.record(z.string(), z.string()), JSON.parse('{"__proto__": ""}'), no],
    ['what zod makes something else of', z.string().trim(), ' a', no],
    ['what is left as it is all the same', z.string().trim(), 'a', yes],
    ['a member that a loose object does not know', z.looseObject({ a: z.string() }), { a: '', b: 1 }, yes],
    ['a name that a loose object drops', z.looseObject({}), JSON.parse('{"__proto__": ""}'), no],
    ['null where it may be', z.string().nullish(), null, yes],
    ['null where it may not be', z.string().optional(), null, no],
    ['a member that is caught when it is wrong', z.looseObject({ a: z.int().catch(0) }), { a: 1 }, yes],
    ['a member that was wrong, and is replaced', z.looseObject({ a: z.int().catch(0) }), { a: '1' }, no],
    ['a missing member for which there is something else', z.looseObject({ a: z.string().catch('x') }), {}, no],
    ['a missing member that stays so', z.looseObject({ a: z.string().nullish().catch(undefined) }), {}, yes],
    [
      'what a check around a type refuses',
      z
        .string()
        .optional()
        .refine((value) => value !== 'a'),
      'a',
      no,
    ],
    ['the second of two scalars', z.union([z.int(), z.string()]), 'a', yes],
    ['neither of two scalars', z.union([z.int(), z.string()]), true, no],
    ['a word of several', z.enum(['a', 'b']), 'b', yes],
    ['another word', z.enum(['a', 'b']), 'c', no],
    ['a number with a fraction where a whole one should be', z.int(), 1.5, no],
    ['an object whose other members zod drops', z.object({ a: z.string() }), { a: '', b: '' }, no],
  ];
  for (const [what, type, value, answer] of cases) {
    it(`says ${answer ? 'yes' : 'no'} to ${what}`, () => {
      assert.equal(quickCheck(type)(value), answer);
    });
  }
});

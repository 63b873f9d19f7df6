/** Selectors that Kubernetes takes, and what they mean; and those that it does not, with what is said of them. */
import type { LabelRequirements } from '../../../src/api/label-selector.js';

export const rightSelectors: readonly (readonly [text: string, means: LabelRequirements])[] = [
  ['team', [{ key: 'team', operator: 'Exists' }]],
  ['!team', [{ key: 'team', operator: 'DoesNotExist' }]],
  ['! team', [{ key: 'team', operator: 'DoesNotExist' }]],
  ['team=data', [{ key: 'team', operator: 'In', values: ['data'] }]],
  ['team == data', [{ key: 'team', operator: 'In', values: ['data'] }]],
  ['team=', [{ key: 'team', operator: 'In', values: [''] }]],
  ['team != data', [{ key: 'team', operator: 'NotIn', values: ['data'] }]],
  ['example.org/team in (data, ml)', [{ key: 'example.org/team', operator: 'In', values: ['data', 'ml'] }]],
  ['team in(data)', [{ key: 'team', operator: 'In', values: ['data'] }]],
  ['team notin (a,)', [{ key: 'team', operator: 'NotIn', values: ['a', ''] }]],
  [
    ' spark=enabled , env in (prod,test),!legacy',
    [
      { key: 'spark', operator: 'In', values: ['enabled'] },
      { key: 'env', operator: 'In', values: ['prod', 'test'] },
      { key: 'legacy', operator: 'DoesNotExist' },
    ],
  ],
];

export const wrongSelectors: readonly (readonly [text: string, says: RegExp])[] = [
  ['', /^'' is none of KEY/],
  ['team=data,', /^'' is none of KEY/],
  ['team in data', /'team in data' is none of/],
  ['team in ()', /none of/],
  ['team in (a', /none of/],
  ['team > 1', /'team > 1' is none of/],
  ['team=a=b', /none of/],
  ['team=a b', /none of/],
  ['team!', /none of/],
  ['a/b/c', /'a\/b\/c' is not the name of a label/],
  ['Example.org/team=x', /'Example\.org\/team' is not the name/],
  [`team=${'x'.repeat(64)}`, /is not the value of a label/],
  ['team in (a,-b)', /'-b' is not the value of a label/],
];

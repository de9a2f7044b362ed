export default {
  name: 'Codestral',
  slug: 'codestral-25-08',
  pricing: {
    type: 'custom',
    input: [
      { type: 'range', price: 0.3, denominator: '/M Tokens' }
    ],
    output: [
      { type: 'range', price: 0.9, denominator: '/M Tokens' }
    ]
  },
} as const satisfies StaticModel;

export default {
  name: 'Voxtral Small',
  slug: 'voxtral-small-25-07',
  pricing: {
    type: 'custom',
    input: [
      { type: 'range', price: 0.004, denominator: '/Min' },
      { type: 'flat', price: 0.1, denominator: '/M Tokens' }
    ],
    output: [
      { type: 'range', price: 0.3, denominator: '/M Tokens' }
    ]
  },
} as const satisfies StaticModel;

import { describe, expect, test } from 'bun:test';
import { analysisWith } from '../../test/support/launch-bodies.ts';
import { labelsOf } from './labels.ts';

const labels = (top: Readonly<Record<string, unknown>>, loginIp = '') => labelsOf(analysisWith({ top }), loginIp);

describe('labels', () => {
  test('are these nine, in this order', () => {
    expect(Object.keys(labels({}))).toEqual([
      'external-id',
      'app-name',
      'app-id',
      'username',
      'user-id',
      'analysis-name',
      'app-type',
      'subdomain',
      'login-ip',
    ]);
  });

  test('ids stand as they are, names in label form', () => {
    expect(labels({ app_id: 'An_App.1', app_name: 'My App!', username: 'a.b@c.org' })).toMatchObject({
      'app-id': 'An_App.1',
      'app-name': 'my-app-xxx',
      username: 'a-batc-org',
      'user-id': 'a1f1b2c3-0000-11e5-8000-0242ac110002',
      'app-type': 'interactive',
    });
  });

  test("the analysis' name loses no character that a label has room for", () => {
    expect(labels({ name: 'x' })['analysis-name']).toBe('x');
    expect(labels({ name: 'RStudio_analysis1' })['analysis-name']).toBe('rstudio_analysis1');
    expect(labels({ name: 'y'.repeat(63) })['analysis-name']).toBe('y'.repeat(63));
    expect(labels({ name: `my-${'z'.repeat(200)}` })['analysis-name']).toBe(`my-${'z'.repeat(60)}`);
  });

  test('a login address that is no label value becomes the empty text', () => {
    expect(labels({}, '10.1.2.3')['login-ip']).toBe('10.1.2.3');
    for (const address of ['', '2001:db8::1', '::1', 'fe80::1%eth0', '10.1.2.3, 10.4.5.6']) expect(labels({}, address)['login-ip']).toBe('');
  });
});

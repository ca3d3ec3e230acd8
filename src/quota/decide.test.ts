import { describe, expect, test } from 'bun:test';
import { platformErrorOf } from '../errors/bodies.ts';
import { decide, type JobUsage, type Overage } from './decide.ts';

function usage(running: number, userLimit: number | null, defaultLimit: number): JobUsage {
  return { running, user_limit: userLimit, default_limit: defaultLimit };
}

function bodyOf(of: JobUsage, overages?: readonly Overage[]): unknown {
  try {
    return decide('jdoe', of, overages);
  } catch (err) {
    const { status, body } = platformErrorOf(err);
    return { status, ...body };
  }
}

describe('a launch is refused', () => {
  test('when nobody has jobs by default and the user was given none', () => {
    expect(bodyOf(usage(0, null, 0))).toEqual({
      status: 400,
      message: 'jdoe has not been granted permission to run jobs yet',
      error_code: 'ERR_PERMISSION_NEEDED',
      details: { defaultJobLimit: 0, jobCount: 0, jobLimit: null },
    });
  });

  test.each([0, -1])('when the limit of the user is %d, whatever everybody may have', (limit) => {
    expect(bodyOf(usage(0, limit, 8))).toEqual({
      status: 400,
      message: 'jdoe is not permitted to run jobs',
      error_code: 'ERR_FORBIDDEN',
      details: { defaultJobLimit: 8, jobCount: 0, jobLimit: limit },
    });
  });

  test.each([2, 3])('at everybody’s limit of two with %d running', (running) => {
    expect(bodyOf(usage(running, null, 2))).toEqual({
      status: 400,
      message: 'jdoe is already running 2 or more concurrent jobs',
      error_code: 'ERR_LIMIT_REACHED',
      details: { defaultJobLimit: 2, jobCount: running, jobLimit: null },
    });
  });

  test('at the user’s own limit, although everybody may have more', () => {
    expect(bodyOf(usage(1, 1, 8))).toMatchObject({ message: 'jdoe is already running 1 or more concurrent jobs', details: { jobLimit: 1 } });
  });

  test('when the cpu hours are used up, to the last one', () => {
    expect(bodyOf(usage(0, null, 8), [{ resource_name: 'cpu.hours', quota: 20, usage: 25.5 }])).toEqual({
      status: 400,
      message: 'jdoe has resource overages.',
      error_code: 'ERR_RESOURCE_OVERAGE',
      details: { 'cpu.hours': 'quota: 20.000000, usage: 25.500000' },
    });
    expect(bodyOf(usage(0, null, 8), [{ resource_name: 'cpu.hours', quota: 20, usage: 20 }])).toMatchObject({ error_code: 'ERR_RESOURCE_OVERAGE' });
  });
});

describe('a launch is allowed, with the number of others that may run', () => {
  test('below everybody’s limit', () => expect(bodyOf(usage(7, null, 8))).toBe(7));
  test('below the user’s own limit, although everybody has less', () => expect(bodyOf(usage(8, 20, 8))).toBe(19));
  test('without any limit where the platform keeps none', () => expect(bodyOf(usage(1000, null, Number.POSITIVE_INFINITY))).toBe(Infinity));
  test('with other resources used up, and with cpu hours left', () => {
    const overages = [
      { resource_name: 'data.size', quota: 1, usage: 2 },
      { resource_name: 'cpu.hours', quota: 20, usage: 19.9 },
    ];
    expect(bodyOf(usage(0, null, 8), overages)).toBe(7);
  });
});

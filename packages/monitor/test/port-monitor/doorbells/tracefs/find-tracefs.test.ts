import { expect, test } from 'vitest';
import { parseMountinfo } from '../../../../src/kernel/mountinfo.js';
import { tracefsPaths } from '../../../../src/port-monitor/doorbells/tracefs/find-tracefs.js';

test('finds where tracefs is mounted, whatever optional fields a line has', () => {
  const mountinfo = [
    '23 27 0:22 / /sys rw,relatime - sysfs sysfs rw',
    '42 23 0:13 / /sys/kernel/tracing rw,nosuid shared:9 master:2 - tracefs tracefs rw',
    '43 23 0:13 / /my\\040place\\134 rw - tracefs none rw',
    '',
  ].join('\n');
  expect(tracefsPaths(parseMountinfo(mountinfo))).toEqual(['/sys/kernel/tracing', '/my place\\']);
});

test('passes over a part of tracefs, other file systems and lines that are none', () => {
  const mountinfo = [
    '42 23 0:13 /instances/theirs /mnt rw - tracefs none rw',
    '42 23 0:13 / /tracefs rw - tmpfs tracefs rw',
    'tracefs',
    ' - tracefs ',
  ].join('\n');
  expect(tracefsPaths(parseMountinfo(mountinfo))).toEqual([]);
});

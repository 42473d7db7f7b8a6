import { expect, test } from 'vitest';
import { keepStdin } from '../../../src/places/elsewhere/keep-stdin.js';

test.each([
  ['docker exec web', 'docker exec -i web'],
  ['podman exec -u me web', 'podman exec -i -u me web'],
  ['/usr/bin/nerdctl --namespace k8s exec web', '/usr/bin/nerdctl --namespace k8s exec -i web'],
  ['docker compose -f a.yml exec web', 'docker compose -f a.yml exec -i web'],
  ['kubectl -n shop exec web-0 --', 'kubectl -n shop exec -i web-0 --'],
  ['oc exec web -c app --', 'oc exec -i web -c app --'],
  ['sudo docker exec web', 'sudo docker exec -i web'],
  ['ssh me@host docker exec web', 'ssh me@host docker exec -i web'],
  ['docker exec web env -i', 'docker exec -i web env -i'],
  ['docker exec -uadmin web', 'docker exec -i -uadmin web'],
  ['kubectl exec -- web', 'kubectl exec -i -- web'],
])('%s becomes %s', (command, expected) => {
  expect(keepStdin(command.split(' ')).join(' ')).toBe(expected);
});

test.each([
  'docker exec -i web',
  'docker exec -it web',
  'docker exec -ti web',
  'docker exec -e=A=1 --interactive web',
  'docker exec --interactive=true web',
  'kubectl exec --stdin web --',
  'docker run web',
  'ssh me@host',
  'ssh docker',
  'lxc exec web --',
  'nsenter --net=/run/netns/exec',
  '',
])('%s stays as it is', (command) => {
  expect(keepStdin(command.split(' ')).join(' ')).toBe(command);
});

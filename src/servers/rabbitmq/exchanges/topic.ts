/** Topic exchanges: patterns of words in a tree, so that a key meets only the patterns that begin as it does. */
import { topicWords } from '../../../protocols/amqp/routing.ts';
import type { Message } from '../messages/message.ts';
import type { Condition, RouteIndex } from './binding.ts';

class Node<Binding> {
  readonly children = new Map<string, Node<Binding>>();
  readonly bindings = new Set<Binding>();
}

export class TopicIndex<Binding extends Condition> implements RouteIndex<Binding> {
  readonly byKeyAlone = true;
  readonly #root = new Node<Binding>();

  add(binding: Binding): void {
    let node = this.#root;
    for (const word of topicWords(binding.routingKey)) {
      let child = node.children.get(word);
      if (!child) {
        child = new Node<Binding>();
        node.children.set(word, child);
      }
      node = child;
    }
    node.bindings.add(binding);
  }

  remove(binding: Binding): void {
    const path: { parent: Node<Binding>; word: string; child: Node<Binding> }[] = [];
    let node = this.#root;
    for (const word of topicWords(binding.routingKey)) {
      const child = node.children.get(word);
      if (!child) return;
      path.push({ parent: node, word, child });
      node = child;
    }
    node.bindings.delete(binding);
    // Takes away the branch that holds nothing any more.
    for (const { parent, word, child } of path.reverse()) {
      if (child.bindings.size > 0 || child.children.size > 0) return;
      parent.children.delete(word);
    }
  }

  find(routingKey: string, _message: Message, found: (binding: Binding) => void): void {
    const words = topicWords(routingKey);
    // Several `#` can reach the same node with the same rest of the key; each pair is looked at once.
    const seen = new Map<Node<Binding>, Set<number>>();
    const visit = (node: Node<Binding>, at: number): void => {
      const hash = node.children.get('#');
      if (hash) {
        const places = seen.get(hash) ?? new Set();
        seen.set(hash, places);
        for (let rest = at; rest <= words.length && !places.has(rest); rest += 1) {
          places.add(rest);
          visit(hash, rest);
        }
      }
      const word = words[at];
      if (word === undefined) {
        node.bindings.forEach(found);
        return;
      }
      const same = word === '*' || word === '#' ? undefined : node.children.get(word);
      if (same) visit(same, at + 1);
      const star = node.children.get('*');
      if (star) visit(star, at + 1);
    };
    visit(this.#root, 0);
  }
}

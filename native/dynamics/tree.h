// The tree of the bodies as the sweeps go through it: depth first, so that a limb is done in one piece and
// what belongs to it is still in the nearest cache. A sweep from the root keeps what children want of their
// ancestors by depth, a sweep from the leaves what parents want of their children: a few places instead of
// one a body.
#pragma once
#include "math/lanes.h"
#include "model/humanoid.h"

namespace selfcorrect {
inline namespace SC_ISA {

struct Tree {
  int order[kBodies];   // parents first; backwards: children first
  int depth[kBodies];   // 0 of the pelvis
  bool leaf[kBodies];   // without children
  bool first[kBodies];  // of its parent's children the first that a sweep from the leaves meets
  int levels;           // depths that there are

  constexpr Tree() : order{}, depth{}, leaf{}, first{}, levels(0) {
    int found = 0;
    descend(0, found);
  }

 private:
  constexpr void descend(int body, int& found) {
    order[found++] = body;
    depth[body] = body == 0 ? 0 : depth[kParent[body]] + 1;
    if (depth[body] >= levels) levels = depth[body] + 1;
    leaf[body] = true;
    int last = body;
    for (int child = body + 1; child < kBodies; child++)
      if (kParent[child] == body) {
        leaf[body] = false;
        last = child;
        descend(child, found);
      }
    if (last != body) first[last] = true;
  }
};
SC_TABLE Tree kTree{};
constexpr int kLevels = kTree.levels;

}  // namespace SC_ISA
}  // namespace selfcorrect

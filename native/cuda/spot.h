// Which thread of a grid a kernel's function runs as.
#pragma once
#include "math/device.h"

namespace selfcorrect {

struct Spot {
  int block = 0, thread = 0;  // of the grid, of the block
  int size = 1;               // threads of a block

  SC_CALL int index() const { return block * size + thread; }
};

}  // namespace selfcorrect

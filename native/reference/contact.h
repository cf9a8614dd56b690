// When each foot stands on the ground.
#pragma once
#include <vector>

#include "reference/motion.h"

namespace selfcorrect::kinematics {

// Half-open range of frames.
struct Run {
  int begin, end;
};

// Runs of frames in which foot `side` is in contact.
std::vector<Run> contact_runs(const Motion& motion, int side);

// Frames from `t` to the nearest frame of contact of foot `side`, for every frame; a large number without
// any.
std::vector<int> frames_from_contact(const Motion& motion, int side);

// Sets motion.contact: a foot whose heel or ball is near the ground (y = 0) and slow. Single frames without
// contact are closed, single frames of contact dropped (at 20 fps; longer ones at higher rates).
void detect_contacts(Motion& motion);

}  // namespace selfcorrect::kinematics

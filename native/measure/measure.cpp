#include "measure/measure.h"

#include "isa/kernels.h"
#include "model/humanoid.h"
#include "reference/build.h"

namespace selfcorrect {

Measure measure(const float* joints, int frames, double fps) {
  return frames > 0 ? kernels().measure_joints(joints, fps, work_for(frames)) : Measure{};
}

Measure measure(const Work& posed, uint8_t* labels) {
  return kernels().measure_posed(make_humanoid(skeleton_of(posed.motion)), posed, labels);
}

Outcome measure(const float* input, const Reference& result, float* joints, uint8_t* labels) {
  reference_joints(result, joints);
  Work& work = work_for(result.frames);  // which holds those joints
  return kernels().measure_result(make_humanoid(result.skeleton), input, result.fps, work, labels);
}

}  // namespace selfcorrect

#include "reference/build.h"

#include "isa/kernels.h"

namespace selfcorrect {

Work& work_for(int frames) {
  // Kept from call to call: fresh pages for every motion of a batch would cost more than the work on them.
  thread_local std::vector<double> series;
  thread_local std::vector<uint8_t> contact;
  thread_local Work work;
  series.resize(work_size(frames));
  contact.resize(flags_size(frames));
  settle(work, frames, series.data(), contact.data());
  return work;
}

Reason build_reference(const float* joints, int frames, const Options& options, Reference& out,
                       const Posed& posed, const Kernels* with) {
  const Kernels& stages = with ? *with : kernels();
  Work& work = work_for(frames);
  const Reason reason = stages.pose(joints, options, work);
  if (reason != Reason::kNone) return reason;
  if (posed) posed(work);
  out.frames = frames;
  out.fps = options.fps;
  out.ground = work.ground;
  out.skeleton = skeleton_of(work.motion);
  out.root.resize(static_cast<size_t>(frames) * 3);
  out.rotation.resize(static_cast<size_t>(frames) * kTurns);
  out.contact.resize(static_cast<size_t>(frames) * 2);
  stages.clean(options, work, out.root.data(), out.rotation.data(), out.contact.data());
  out.clean = work.clean;
  return Reason::kNone;
}

void reference_joints(const Reference& reference, float* joints) {
  Work& work = work_for(reference.frames);
  kernels().joints(reference.root.data(), reference.rotation.data(), reference.skeleton.offset.front().data(),
                   reference.ground, work, joints);
}

}  // namespace selfcorrect

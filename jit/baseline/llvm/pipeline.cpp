#include "jit/baseline/llvm/pipeline.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/Analysis/InlineCost.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/Inliner.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimpleLoopUnswitch.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>
#include <llvm/Transforms/Vectorize/SLPVectorizer.h>

#include "jit/baseline/llvm/symmetry.h"

namespace px::jit::baseline {

namespace {

// What cost half of the code generator's time and gained nothing measurable on the kernels: its switches are LLVM's command-line options,
// of this library's own copy of LLVM. Instructions are selected by FastISel where it can (mandelbrot runs 1.1 times as long for it, the
// other kernels as long or less), and live ranges are hardly split, which is for loops with calls in them: a poll keeps all registers
// (jit/native/poll.h), and other calls in cold blocks do not come back.
bool choose_code_passes(std::string& error) {
  static const char* const options[] = {"px_codegen",
                                        "-fast-isel",
                                        "-grow-region-complexity-budget=1",
                                        "-disable-lsr",
                                        "-enable-misched=false",
                                        "-post-RA-scheduler=false",
                                        "-disable-machine-licm",
                                        "-disable-postra-machine-licm",
                                        "-disable-postra-machine-sink",
                                        "-disable-copyprop",
                                        "-enable-shrink-wrap=false",
                                        "-disable-early-ifcvt",
                                        "-x86-early-ifcvt=false",
                                        "-disable-early-taildup",
                                        "-disable-partial-libcall-inlining",
                                        "-disable-constant-hoisting",
                                        "-disable-expand-reductions",
                                        "-disable-select-optimize",
                                        "-disable-mergeicmps",
                                        "-disable-machine-dce"};
  llvm::raw_string_ostream complaints(error);
  return llvm::cl::ParseCommandLineOptions(std::size(options), options, "", &complaints);
}

}  // namespace

std::unique_ptr<Pipeline> Pipeline::create(std::string& error) {
  static bool chosen = choose_code_passes(error);
  if (!chosen) {
    if (error.empty()) error = "LLVM does not know px's options";
    return nullptr;
  }
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  llvm::Triple triple(llvm::sys::getProcessTriple());
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target) return nullptr;
  auto pipeline = std::make_unique<Pipeline>();
  std::string cpu(llvm::sys::getHostCPUName()), features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
    features += (features.empty() ? "" : ",") + std::string(feature.second ? "+" : "-") + feature.first().str();
  }
  auto make = [&](llvm::CodeGenOptLevel level) {
    return std::unique_ptr<llvm::TargetMachine>(
        target->createTargetMachine(triple, cpu, features, llvm::TargetOptions(), llvm::Reloc::PIC_, llvm::CodeModel::Small, level, true));
  };
  pipeline->full_ = make(llvm::CodeGenOptLevel::Default);
  pipeline->light_ = make(llvm::CodeGenOptLevel::Less);
  if (!pipeline->full_ || !pipeline->light_) {
    error = "LLVM cannot generate code for " + triple.str();
    return nullptr;
  }
  return pipeline;
}

namespace {

template <class... Passes>
llvm::FunctionPassManager functions_of(Passes... passes) {
  llvm::FunctionPassManager manager;
  (manager.addPass(std::move(passes)), ...);
  return manager;
}
template <class... Passes>
auto on_loops(bool memory_ssa, Passes... passes) {
  llvm::LoopPassManager manager;
  (manager.addPass(std::move(passes)), ...);
  return llvm::createFunctionToLoopPassAdaptor(std::move(manager), memory_ssa);
}

// What of O2 typed code has need of, each pass as often as it found something on the kernels: O2 itself takes three times as long.
llvm::ModulePassManager passes_of(Effort effort, bool several, bool short_loops) {
  using namespace llvm;
  ModulePassManager module;
  auto add = [&](FunctionPassManager passes) { module.addPass(createModuleToFunctionPassAdaptor(std::move(passes))); };
  auto folds = SimplifyCFGOptions().convertSwitchRangeToICmp(true);
  bool full = effort == Effort::full;
  module.addPass(AlwaysInlinerPass());
  add(functions_of(SROAPass(SROAOptions::ModifyCFG), EarlyCSEPass(), SimplifyCFGPass(folds), InstCombinePass()));
  if (several) {
    // What is small by now is inlined.
    module.addPass(ModuleInlinerWrapperPass(getInlineParams(225)));
    module.addPass(GlobalDCEPass());
    FunctionPassManager again = functions_of(SROAPass(SROAOptions::ModifyCFG), EarlyCSEPass(), SimplifyCFGPass(folds));
    if (full) again.addPass(InstCombinePass());
    add(std::move(again));
  }
  if (!full) {
    add(functions_of(on_loops(true, LoopRotatePass(), LICMPass(LICMOptions())), EarlyCSEPass(true), SimplifyCFGPass(folds)));
    return module;
  }
  FunctionPassManager middle;
  middle.addPass(on_loops(true, LoopRotatePass(), LICMPass(LICMOptions()), SimpleLoopUnswitchPass()));
  middle.addPass(SimplifyCFGPass(folds));
  if (short_loops) middle.addPass(on_loops(false, LoopFullUnrollPass(2)));
  middle.addPass(SymmetryPass());
  middle.addPass(GVNPass());
  middle.addPass(DSEPass());
  middle.addPass(SimplifyCFGPass(folds));
  middle.addPass(InstCombinePass());
  middle.addPass(LoopVectorizePass());
  middle.addPass(SLPVectorizerPass());
  middle.addPass(SimplifyCFGPass(SimplifyCFGOptions(folds).hoistCommonInsts(true).sinkCommonInsts(true)));
  add(std::move(middle));
  return module;
}

}  // namespace

void Pipeline::optimise(llvm::Module& module, Effort effort) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine(effort));
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  bool several = llvm::any_of(module, [](const llvm::Function& f) { return f.hasLocalLinkage() && !f.isDeclaration(); });
  passes_of(effort, several, module.getNamedMetadata(short_loops) != nullptr).run(module, modules);
}

namespace {

// FastISel looks through the vector that a float is put into for its conversion, and takes the float as if it were at hand in the
// conversion's block (LLVM 22): the vector is made there.
void keep_conversions_together(llvm::Module& module) {
  for (llvm::Function& function : module) {
    if (function.getIntrinsicID() == llvm::Intrinsic::not_intrinsic || !function.getName().contains(".cvtt")) continue;
    for (llvm::User* user : function.users()) {
      auto* conversion = llvm::cast<llvm::CallInst>(user);
      auto* vector = llvm::dyn_cast<llvm::InsertElementInst>(conversion->getArgOperand(0));
      if (!vector || vector->getParent() == conversion->getParent()) continue;
      llvm::Instruction* copy = vector->clone();
      copy->insertBefore(conversion->getIterator());
      conversion->setArgOperand(0, copy);
    }
  }
}

}  // namespace

bool Pipeline::emit(llvm::Module& module, Effort effort, std::vector<char>& object, std::string& error) {
  keep_conversions_together(module);
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine(effort).addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) {
    error = "LLVM cannot write objects for this machine";
    return false;
  }
  passes.run(module);
  object.assign(bytes.begin(), bytes.end());
  return true;
}

}  // namespace px::jit::baseline

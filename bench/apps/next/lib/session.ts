import { create } from "zustand";
import { persist } from "zustand/middleware";

type Session = { name: string; dense: boolean; enter: (name: string) => void; leave: () => void; toggle: () => void };

export const useSession = create<Session>()(
  persist(
    (set) => ({
      name: "",
      dense: false,
      enter: (name) => set({ name }),
      leave: () => set({ name: "" }),
      toggle: () => set((state) => ({ dense: !state.dense })),
    }),
    { name: "session" },
  ),
);

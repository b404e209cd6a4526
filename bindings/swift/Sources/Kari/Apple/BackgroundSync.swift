// SPDX-License-Identifier: Apache-2.0
#if canImport(BackgroundTasks) && os(iOS)
    import BackgroundTasks
    import Foundation

    /// Syncs when the system finds time for it, for whoever is signed in; never while the tablet is
    /// locked (``Tablet/syncUnlessLocked()``).
    ///
    /// Written, and never compiled yet: see bindings/README.md.
    public enum BackgroundSync {
        /// To be called before the app has launched; `identifier` stands in the app's
        /// `BGTaskSchedulerPermittedIdentifiers`. `tablet` answers the one that is open, if any.
        public static func register(
            _ identifier: String,
            tablet: @escaping @Sendable () async -> Tablet?
        ) -> Bool {
            BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: nil) { task in
                let held = Held(task: task)
                let work = Task {
                    try? ask(identifier)  // for the next one
                    do {
                        _ = try await tablet()?.syncUnlessLocked()
                        held.task.setTaskCompleted(success: true)
                    } catch {
                        held.task.setTaskCompleted(success: false)
                    }
                }
                // What was applied until then stays.
                held.task.expirationHandler = { work.cancel() }
            }
        }

        /// Asks the system for a next time, at the earliest after so long.
        public static func ask(_ identifier: String, after seconds: TimeInterval = 900) throws {
            let request = BGAppRefreshTaskRequest(identifier: identifier)
            request.earliestBeginDate = Date(timeIntervalSinceNow: seconds)
            try BGTaskScheduler.shared.submit(request)
        }

        /// The scheduler's own object, which it lets any thread complete.
        private struct Held: @unchecked Sendable { let task: BGTask }
    }
#endif

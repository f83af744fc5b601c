/// The answers that are wanted at the moment, of all orders together.
actor ACMEChallengeBoard {
    private let responder: any ACMEChallengeResponder
    private var answers: [ACMEChallengeAnswer] = []

    init(responder: any ACMEChallengeResponder) {
        self.responder = responder
    }

    func possibleKinds() async -> (kinds: [ACMEChallengeKind], obstacle: String?) {
        await responder.possibleKinds()
    }

    /// - Returns: why the gateway cannot answer.
    func present(_ answer: ACMEChallengeAnswer) async -> String? {
        answers.append(answer)
        return await responder.answer(answers)
    }

    func withdraw(_ answer: ACMEChallengeAnswer) async {
        answers.removeAll { $0 == answer }
        _ = await responder.answer(answers)
    }
}

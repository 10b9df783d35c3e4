"""Everyday words for what lessons about language models call by another name, to widen a question with."""

from __future__ import annotations

from typing import Final

from tutor.content.schema import Language

# One line: words that a learner and a lesson may each use when they speak of the same thing, opposites too ("can I
# trust it" is answered where falsehoods are told of). Names of terms belong in a glossary.
_LINES: Final[dict[Language, str]] = {
    "en": """
        answer reply response output
        question query request
        example sample demonstration instance
        task job
        remember forget memory recall
        chat bot chatbot conversation dialog dialogue talk
        message said wrote typed
        big large huge giant enormous massive
        small little tiny
        train teach learn practise practice
        cost price money cheap expensive budget pay spend dollar
        predict guess forecast foresee beforehand advance estimate
        error loss mistake
        zero nothing none
        fact right correct true truth trust accurate reliable false falsehood wrong lie nonsense hallucinate
        instruction order command told obey follow
        company firm business
        adapter add-on extra attach
        frozen freeze unchanged untouched fixed
        fall drop shrink reduce lower decrease
        grow rise increase
        store save keep hold
        find search look lookup retrieve
        read inspect open
        memory ram vram
        gpu graphics card hardware machine laptop computer
        specialised specialized dedicated specific single
        general generic universal
        label annotate tag mark
        hidden secret separate
        stop end finish
        beat better outperform win best
        piece part chunk
        copy duplicate
        change adjust modify alter update
        write produce generate
        choose pick select decide
        law legal contract
        human people person
        begin start scratch blank empty wipe erase
        enough sufficient
        limit ceiling maximum
    """,
    "ko": """
        답 답변 응답 대답 출력
        질문 물음
        예시 예제 보기 사례 샘플
        과제 작업 업무
        기억 까먹다 잊다 메모리
        대화 채팅 챗봇 상담 얘기 이야기
        말 메시지
        말투 형식 문체 스타일
        크다 큰 커지다 대규모 거대 많다 많은
        적다 적은 작다 작은
        학습 훈련 배우다 가르치다 공부
        비용 돈 가격 예산 비싸다
        예측 예상 어림 미리 내다보다 추측
        손실 오차
        사실 정답 옳다 틀리다 거짓 헛소리 오류 환각
        지시 명령 시키다
        회사 기업
        어댑터 추가 모듈
        그대로 고정
        줄다 감소 떨어지다
        늘다 증가
        저장 보관
        검색 찾다 뒤지다
        그래픽카드 gpu
        컴퓨터 노트북 기기
        특화 전용
        범용 두루
        라벨 레이블
        끝 종료 마치다
        낫다 나은 좋다 좋은 이기다 선호
        조각 일부
        바꾸다 변경 조정
        만들다 생성
        시작 초반 처음 백지
        길이 길다
        숫자 값
    """,
}
GROUPS: Final[dict[Language, tuple[tuple[str, ...], ...]]] = {
    language: tuple(tuple(line.split()) for line in lines.strip().splitlines())
    for language, lines in _LINES.items()
}
